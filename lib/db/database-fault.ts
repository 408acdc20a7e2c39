const databaseAway = new Set([
  "P1001",
  "P1002",
  "P1008",
  "P1017",
  "P2024",
  "P2028",
  "P2037",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOTFOUND",
  "ETIMEDOUT",
  "57P01",
  "57P02",
  "57P03",
  "53300",
  "08000",
  "08001",
  "08003",
  "08006",
  "DatabaseNotReachable",
  "ConnectionClosed",
  "TooManyConnections",
  "SocketTimeout",
]);

const writeConflicts = new Set(["P2034", "40001", "40P01", "TransactionWriteConflict"]);

/** Whether an error means that Postgres cannot be reached or does not answer now. */
export function isDatabaseAway(error: unknown): boolean {
  return listCauses(error).some(
    (cause) =>
      readCodes(cause).some((code) => databaseAway.has(code)) ||
      (cause instanceof Error &&
        /Connection terminated|Can't reach database|timeout exceeded when trying to connect/.test(
          cause.message,
        )),
  );
}

/** Whether Postgres has no room left to write. */
export function isDatabaseFull(error: unknown): boolean {
  return listCauses(error).some((cause) => readCodes(cause).includes("53100"));
}

/** Whether Postgres gave a transaction up in favour of another one: a deadlock, or rows that both changed. */
export function isWriteConflict(error: unknown): boolean {
  return listCauses(error).some((cause) => readCodes(cause).some((code) => writeConflicts.has(code)));
}

/** Whether Postgres will never take these values: no try again helps. */
export function isDataRefused(error: unknown): boolean {
  return listCauses(error).some((cause) => readCodes(cause).some((code) => /^2[23][0-9A-Z]{3}$/.test(code)));
}

/** The error and what lies under it; Prisma hides the driver's error of a raw query in `meta`. */
function listCauses(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let at: unknown = error; at && causes.length < 8; ) {
    causes.push(at);
    const { cause, meta } = at as { cause?: unknown; meta?: { driverAdapterError?: unknown } };
    at = cause ?? meta?.driverAdapterError;
  }
  return causes;
}

function readCodes(error: unknown): string[] {
  if (typeof error !== "object" || error === null) return [];
  const { code, kind, originalCode } = error as Record<string, unknown>;
  return [code, kind, originalCode].filter((one): one is string => typeof one === "string");
}
