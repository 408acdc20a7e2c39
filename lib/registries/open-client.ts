import { db } from "#lib/db/client";
import { NotFoundError } from "#lib/http/errors";
import type { RegistryClient } from "#lib/oci/client";
import type { RegistryCredentials } from "#lib/oci/credentials";
import { openOciClient, type RegistryConnection } from "#lib/registries/drivers/oci";
import { formatUserAgent, getRequestMark } from "#lib/registries/request-mark";
import { findRegistryRowById, listAllowedNetworkRows, type RegistryRow } from "#lib/registries/store";
import { createTokenSource } from "#lib/registries/token-source";
import { openSecret } from "#lib/secrets/service";

export function readCredentials(
  row: Pick<RegistryRow, "credentialKind" | "username" | "secretCipher">,
): RegistryCredentials {
  if (row.credentialKind === "none" || row.secretCipher === null) return { kind: "none" };
  const secret = openSecret("registry-credential", row.secretCipher);
  if (row.credentialKind === "token") return { kind: "token", token: secret };
  return { kind: "basic", username: row.username ?? "", password: secret };
}

export async function prepareConnection(
  row: Pick<RegistryRow, "url" | "caPem" | "pinnedRealm" | "requestsPerSecond"> & { id: number | null },
  credentials: RegistryCredentials,
): Promise<RegistryConnection> {
  const [networks, mark] = await Promise.all([listAllowedNetworkRows(db()), getRequestMark()]);
  return {
    id: row.id,
    url: row.url,
    credentials,
    caPem: row.caPem,
    pinnedRealm: row.pinnedRealm,
    requestsPerSecond: row.requestsPerSecond,
    allowedNetworks: networks.map((network) => network.cidr),
    userAgent: formatUserAgent(mark),
  };
}

/** A client of one's own for a connected registry; whoever opens it closes it. */
export async function openRegistryClient(
  registryId: number,
  options: Parameters<typeof openOciClient>[1] = {},
): Promise<RegistryClient> {
  const row = await findRegistryRowById(db(), registryId);
  if (!row) throw new NotFoundError("This registry does not exist, or you may not see it.");
  const connection = await prepareConnection(row, readCredentials(row));
  return openOciClient(connection, { ...options, tokenSource: createTokenSource(row) });
}

interface Shared {
  client: RegistryClient;
  key: string;
}

const shared = new Map<number, Shared>();

/**
 * The client that everything in this process uses for a registry, kept open between calls so that connections,
 * tokens and the circuit breaker are shared. Changed settings or networks give a new one.
 */
export async function getRegistryClient(registryId: number): Promise<RegistryClient> {
  const row = await findRegistryRowById(db(), registryId);
  if (!row || row.disconnectedAt)
    throw new NotFoundError("This registry does not exist, or is disconnected.");
  const connection = await prepareConnection(row, { kind: "none" });
  const key = JSON.stringify([
    process.env.DATABASE_URL,
    connection,
    row.credentialKind,
    row.username,
    row.secretCipher,
  ]);
  const known = shared.get(registryId);
  if (known?.key === key) return known.client;
  const client = openOciClient(
    { ...connection, credentials: readCredentials(row) },
    { tokenSource: createTokenSource(row) },
  );
  shared.set(registryId, { client, key });
  // Requests under way on the old one may still finish.
  if (known) setTimeout(() => void known.client.close(), 60_000).unref();
  return client;
}

/** For the end of a process. */
export async function closeRegistryClients(): Promise<void> {
  const clients = [...shared.values()];
  shared.clear();
  await Promise.all(clients.map(({ client }) => client.close()));
}
