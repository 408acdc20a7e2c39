import { Socket } from "node:net";
import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "#lib/db/generated/client";

export type Db = PrismaClient;
/** Inside an interactive transaction: the same tables, no nested transactions. */
export type Tx = Omit<
  PrismaClient,
  "$connect" | "$disconnect" | "$on" | "$use" | "$extends" | "$transaction"
>;

const shared = globalThis as typeof globalThis & { wharfingerDb?: PrismaClient };

/** The one client of this process. Next and the hot doors are separate module graphs, so it lives on globalThis. */
export function db(): Db {
  shared.wharfingerDb ??= createDb(requireDatabaseUrl());
  return shared.wharfingerDb;
}

/** A client of its own, for tests and scripts. */
export function createDb(url: string, connections = Number(process.env.WHARFINGER_DB_CONNECTIONS ?? 10)): Db {
  const adapter = new PrismaPg({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    stream: () => openSocket(Number(process.env.WHARFINGER_DB_SILENCE_MS ?? 15_000)),
  });
  return new PrismaClient({ adapter, transactionOptions: { maxWait: 5_000, timeout: 20_000 } });
}

/** A way that swallows everything is ended, or each request on it would wait for as long as TCP does: a quarter of an hour. */
function openSocket(silenceMs: number): Socket {
  const socket = new Socket();
  socket.setTimeout(silenceMs, () =>
    socket.destroy(Object.assign(new Error("The database is silent."), { code: "ETIMEDOUT" })),
  );
  return socket;
}

function requireDatabaseUrl(): string {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error("DATABASE_URL is not set. Start the console with npm start or npm run demo.");
  return url;
}
