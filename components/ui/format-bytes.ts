import { facetLimit } from "#lib/inventory/schema-facet-limit";

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

/** Thousands separated: `1,284`. By hand, because a browser takes long over the first thing that is asked of Intl. */
export function formatCount(count: number): string {
  if (!Number.isSafeInteger(count)) return count.toLocaleString("en");
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** `161`, or `10,000+` where counting stopped. */
export function formatFacetCount(count: number): string {
  return `${formatCount(count)}${count >= facetLimit ? "+" : ""}`;
}

/** `1 tag`, `412 tags`. */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
