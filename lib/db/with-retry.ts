const transient = new Set(["40P01", "40001", "P2034"]);

/** Runs a transaction again when Postgres gave it up in favour of another one. */
export async function withRetry<T>(work: () => Promise<T>, attempts = 4): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts || !isTransient(error)) throw error;
    }
  }
}

function isTransient(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at && depth < 5; depth++) {
    const { code, meta, cause, message } = at as {
      code?: unknown;
      meta?: unknown;
      cause?: unknown;
      message?: unknown;
    };
    if (typeof code === "string" && transient.has(code)) return true;
    if (typeof message === "string" && /deadlock detected|could not serialize|40P01|40001/.test(message))
      return true;
    at = cause ?? (meta as { driverAdapterError?: unknown } | undefined)?.driverAdapterError;
  }
  return false;
}
