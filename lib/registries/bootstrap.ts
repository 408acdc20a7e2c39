import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { recordAudit } from "#lib/audit/service";
import { createSystemContext } from "#lib/auth/context";
import { db, type Tx } from "#lib/db/client";
import {
  findAllowedNetworkRow,
  findRegistryRowByUrl,
  insertAllowedNetwork,
  insertRegistry,
  type RegistryRow,
  updateRegistryRow,
} from "#lib/registries/store";
import { hashSecret, openSecret, sealSecret } from "#lib/secrets/service";

/** The registry that belongs to this start: one that the launcher runs, or one that the operator named. */
export interface OwnRegistry {
  url: string;
  slug: string;
  name: string;
  login: { user: string; password: string } | null;
  /** What its notifications carry; null leaves that as it is. */
  ingestSecret: string | null;
}

/**
 * The registry is connected with these credentials, and its own address, but no more, may be asked. What an admin
 * changed otherwise stays; so does a registry that an admin disconnected. Returns its slug.
 */
export async function ensureOwnRegistry(own: OwnRegistry, now = new Date()): Promise<string> {
  const networks = await listOwnNetworks(own.url);
  const ingestSecretHash =
    own.ingestSecret === null ? null : await hashSecret("ingest-secret", own.ingestSecret);
  const ctx = createSystemContext("start-up", now);
  return db().$transaction(async (tx) => {
    const found = await findRegistryRowByUrl(tx, own.url);
    if (found?.disconnectedAt) return found.slug;
    for (const cidr of networks) await allowNetwork(tx, cidr, own, now);
    if (!found) {
      const credential = sealLogin(own);
      const data = {
        slug: own.slug,
        name: own.name,
        url: own.url,
        ...credential,
        ingestSecretHash,
        createdAt: now,
      };
      const row = await insertRegistry(tx, data);
      const after = { url: own.url, credentialKind: credential.credentialKind };
      await recordAudit(tx, ctx, { action: "registry.connect", target: own.slug, registryId: row.id, after });
      return row.slug;
    }
    const hasLogin = holdsLogin(found, own);
    const hasSecret = ingestSecretHash === null || found.ingestSecretHash === ingestSecretHash;
    if (hasLogin && hasSecret) return found.slug;
    await updateRegistryRow(tx, found.id, {
      ...(hasLogin ? {} : sealLogin(own)),
      ...(hasSecret ? {} : { ingestSecretHash }),
    });
    await recordAudit(tx, ctx, {
      action: "registry.update",
      target: found.slug,
      registryId: found.id,
      after: { credentialsChanged: !hasLogin, ingestSecretChanged: !hasSecret },
    });
    return found.slug;
  });
}

async function allowNetwork(tx: Tx, cidr: string, own: OwnRegistry, now: Date): Promise<void> {
  if (await findAllowedNetworkRow(tx, { cidr })) return;
  const ctx = createSystemContext("start-up", now);
  await insertAllowedNetwork(tx, {
    cidr,
    reason: `The address of ${own.name}`,
    createdByName: ctx.principal.name,
  });
  await recordAudit(tx, ctx, { action: "network.allow", target: cidr, after: { cidr, reason: own.name } });
}

function sealLogin({ login }: OwnRegistry) {
  if (!login) return { credentialKind: "none", username: null, secretCipher: null };
  return {
    credentialKind: "basic",
    username: login.user,
    secretCipher: sealSecret("registry-credential", login.password),
  };
}

function holdsLogin(row: RegistryRow, { login }: OwnRegistry): boolean {
  if (!login) return row.credentialKind === "none";
  if (row.credentialKind !== "basic" || row.username !== login.user || row.secretCipher === null)
    return false;
  return openSecret("registry-credential", row.secretCipher) === login.password;
}

/** The addresses of the host that are refused unless allowed, each alone; none for a public host. */
async function listOwnNetworks(url: string): Promise<string[]> {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(host) ? [host] : (await lookup(host, { all: true })).map((entry) => entry.address);
  // One name for both families, whichever of them this machine resolves it to today.
  if (host === "localhost") addresses.push("127.0.0.1", "::1");
  const networks = addresses.flatMap((address) => {
    const parsed = ipaddr.process(address);
    if (parsed.range() === "unicast") return [];
    return [`${parsed.toString()}/${parsed.kind() === "ipv4" ? 32 : 128}`];
  });
  return [...new Set(networks)];
}
