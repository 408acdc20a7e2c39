type CsvValue = string | number | boolean | null;

// A spreadsheet takes a cell that begins so for a formula, also behind blanks.
const formula = /^\s*[=+\-@\t\r]/;

/** One line of RFC 4180. Text that a spreadsheet would run is prefixed with an apostrophe. */
export function formatCsvLine(values: readonly CsvValue[]): string {
  return `${values.map(formatCell).join(",")}\r\n`;
}

function formatCell(value: CsvValue): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const text = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
