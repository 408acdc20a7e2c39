const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/** Binary units with one decimal, none from a hundred on: `18.4 GiB`, `142 GiB`, `0 B`. */
export function formatBytes(bytes: number): string {
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${bytes < 0 ? "−" : ""}${value.toFixed(digits)} ${units[unit]}`;
}

const counts = new Intl.NumberFormat("en");

/** Thousands separated: `1,284`. */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** `1 tag`, `412 tags`. */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
