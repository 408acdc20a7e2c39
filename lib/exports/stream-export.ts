import { formatCsvLine } from "#lib/exports/rules";
import type { ExportFormat } from "#lib/exports/schema";
import { log } from "#lib/log/log";

type Cell = string | number | boolean | object | null;

export interface ExportPage<T, P> {
  items: readonly T[];
  /** Where the next page begins; null after the last. */
  next: P | null;
}

export interface ExportSource<T, P> {
  format: ExportFormat;
  /** Those of the CSV; NDJSON holds the items as they are. */
  columns: readonly (keyof T & string)[];
  /** Rows that are read at once, at most. */
  mostRows: number;
  readPage(position: P | null, take: number): Promise<ExportPage<T, P>>;
}

// Rows may be of any size: fewer are read at once where they are large.
const pageBytes = 4 * 1024 * 1024;
const firstRows = 200;
const fewestRows = 20;

/**
 * A whole list page by page, as fast as the caller reads. The first page is read before anything is sent, so that a
 * refusal is an answer of its own. When a later one cannot be read, the stream ends with an error: the connection is
 * cut, and the file does not look whole.
 */
export async function streamExport<T extends Record<keyof T, Cell | undefined>, P>(
  source: ExportSource<T, P>,
): Promise<ReadableStream<Uint8Array>> {
  const { format, columns, mostRows } = source;
  const write =
    format === "csv"
      ? (item: T) => formatCsvLine(columns.map((column) => toCsvValue(item[column])))
      : (item: T) => `${JSON.stringify(item)}\n`;
  const encoder = new TextEncoder();
  let take = Math.min(firstRows, mostRows);
  let page: ExportPage<T, P> | null = await source.readPage(null, take);
  let position: P | null = null;
  let head = format === "csv" ? formatCsvLine(columns) : "";
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          page ??= await source.readPage(position, take);
        } catch (error) {
          log.error({ name: error instanceof Error ? error.name : "unknown" }, "export broken off");
          throw error;
        }
        const bytes = encoder.encode(head + page.items.map(write).join(""));
        head = "";
        take = chooseTake(page.items.length, bytes.byteLength, mostRows);
        position = page.next;
        page = null;
        controller.enqueue(bytes);
        if (position === null) controller.close();
      },
    },
    { highWaterMark: 1 },
  );
}

function chooseTake(rows: number, bytes: number, mostRows: number): number {
  const fitting = Math.round((rows * pageBytes) / Math.max(bytes, 1));
  return Math.min(Math.max(fitting, fewestRows), mostRows);
}

function toCsvValue(value: Cell | undefined): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  return typeof value === "object" ? JSON.stringify(value) : value;
}
