import { recordAudit } from "#lib/audit/service";
import { authorize } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { db } from "#lib/db/client";
import { InvalidError } from "#lib/http/errors";
import { type Capabilities, probeCapabilities } from "#lib/oci/capabilities";
import type { RegistryClient } from "#lib/oci/client";
import type { RegistryCredentials } from "#lib/oci/credentials";
import { isRegistryError, type RegistryError } from "#lib/oci/errors";
import type { TokenSource } from "#lib/oci/token-auth";
import { listBlockedNetworks, suggestNetwork } from "#lib/registries/address-rules";
import { getVisibleRegistry } from "#lib/registries/connection-service";
import { openOciClient, type RegistryConnection } from "#lib/registries/drivers/oci";
import { prepareConnection, readCredentials } from "#lib/registries/open-client";
import {
  capabilitiesSchema,
  type RegistryCapabilities,
  type RegistryTest,
  type TestRegistryBody,
  testSteps,
  unknownCapabilities,
} from "#lib/registries/schema";
import {
  findRegistryRowById,
  type RegistryRow,
  recordRegistryState,
  updateRegistryRow,
} from "#lib/registries/store";
import { createTokenSource } from "#lib/registries/token-source";

/** Tests a connected registry step by step, and keeps what was learned about it. */
export async function testRegistry(ctx: Context, slug: string): Promise<RegistryTest> {
  const row = await getVisibleRegistry(ctx, slug);
  authorize(ctx, "registries.write", { registryId: row.id }, "This registry");
  const result = await probe(row, readCredentials(row), row.repositoryNames[0], createTokenSource(row));
  await db().$transaction(async (tx) => {
    await updateRegistryRow(tx, row.id, { capabilities: result.capabilities, testedAt: ctx.now });
    const failed = result.steps.find((step) => step.state === "failed");
    // A step that fails only later, such as the catalogue, leaves the registry usable.
    const state = result.usable ? "ok" : "failing";
    const detail = result.usable ? null : (failed?.detail ?? null);
    await recordRegistryState(tx, row.id, state, detail, ctx.now);
    await recordAudit(tx, ctx, {
      action: "registry.test",
      target: row.slug,
      registryId: row.id,
      before: { state: row.state, capabilities: row.capabilities },
      after: { state, failedStep: failed?.id ?? null, capabilities: { ...result.capabilities } },
    });
  });
  return result;
}

/**
 * Learns what a registry can do, for one that was connected without a test, or tested when it held no repository to
 * try with.
 */
export async function learnRegistry(ctx: Context, registryId: number): Promise<void> {
  const row = await findRegistryRowById(db(), registryId);
  if (!row || row.disconnectedAt !== null) return;
  const known = capabilitiesSchema.safeParse(row.capabilities);
  const triedWithNothing = row.repositoryCount > 0 && known.data?.referrers === "unknown";
  if (row.testedAt === null || triedWithNothing) await testRegistry(ctx, row.slug);
}

/** Tests a connection that is not saved, or a saved one with other settings. Nothing is kept. */
export async function testConnection(ctx: Context, body: TestRegistryBody): Promise<RegistryTest> {
  const saved = body.slug === undefined ? null : await getVisibleRegistry(ctx, body.slug);
  authorize(ctx, "registries.write", saved ? { registryId: saved.id } : undefined, "This registry");
  const url = body.url ?? saved?.url;
  if (url === undefined) throw new InvalidError("url", "Give the address of the registry.");
  const credentials = chooseCredentials(body, saved, url);
  return probe(
    {
      id: null,
      url,
      caPem: body.caPem === undefined ? (saved?.caPem ?? null) : body.caPem,
      pinnedRealm: body.pinnedRealm === undefined ? (saved?.pinnedRealm ?? null) : body.pinnedRealm,
      requestsPerSecond: null,
    },
    credentials,
    body.repositoryNames?.[0] ?? saved?.repositoryNames[0],
    saved && url === saved.url ? createTokenSource(saved) : undefined,
  );
}

/** The stored secret is only ever sent to the address that it was given for. */
function chooseCredentials(
  body: TestRegistryBody,
  saved: RegistryRow | null,
  url: string,
): RegistryCredentials {
  const kind = body.credentialKind ?? saved?.credentialKind ?? "none";
  if (kind === "none") return { kind: "none" };
  const stored =
    saved && body.secret === undefined && saved.url === url && saved.credentialKind === kind
      ? readCredentials(saved)
      : null;
  const secret =
    body.secret ??
    (stored?.kind === "basic" ? stored.password : stored?.kind === "token" ? stored.token : null);
  if (!secret)
    throw new InvalidError("secret", "Give the secret: a stored one is not sent to another address.");
  if (kind === "token") return { kind: "token", token: secret };
  const username = body.username ?? saved?.username;
  if (!username) throw new InvalidError("username", "A basic credential needs a user name.");
  return { kind: "basic", username, password: secret };
}

async function probe(
  row: Parameters<typeof prepareConnection>[0],
  credentials: RegistryCredentials,
  repository: string | undefined,
  tokenSource?: TokenSource,
): Promise<RegistryTest> {
  let client: RegistryClient;
  const connection = await prepareConnection(row, credentials);
  try {
    client = openOciClient(connection, { retry: { attempts: 1 }, tokenSource });
  } catch (error) {
    if (isRegistryError(error)) return failAtOnce(error, connection);
    throw error;
  }
  try {
    const found = await probeCapabilities(client.session, {
      signal: AbortSignal.timeout(60_000),
      ...(repository === undefined ? {} : { repository }),
    });
    return {
      steps: found.steps,
      usable: found.isUsable,
      capabilities: prepareCapabilities(found),
      ...(await prepareRemedies(found.failure, connection)),
    };
  } catch (error) {
    if (isRegistryError(error)) return failAtOnce(error, connection);
    throw error;
  } finally {
    await client.close();
  }
}

async function failAtOnce(error: RegistryError, connection: RegistryConnection): Promise<RegistryTest> {
  return {
    steps: testSteps.map((id, index) =>
      index === 0
        ? { id, state: "failed" as const, detail: error.message, durationMs: 0 }
        : {
            id,
            state: "skipped" as const,
            detail: "Not tried, because an earlier step failed.",
            durationMs: 0,
          },
    ),
    usable: false,
    capabilities: unknownCapabilities,
    ...(await prepareRemedies(error, connection)),
  };
}

/** What would help: in words, and what a person can allow or confirm on the spot. */
async function prepareRemedies(
  error: RegistryError | null,
  connection: RegistryConnection,
): Promise<Pick<RegistryTest, "advice" | "blockedNetworks" | "unconfirmedRealm">> {
  if (error === null) return { advice: null, blockedNetworks: [], unconfirmedRealm: null };
  const blocked =
    error.address === undefined
      ? []
      : [
          suggestNetwork(error.address),
          ...(await listBlockedNetworks(connection.url, connection.allowedNetworks)),
        ];
  // From https to http nobody is led, confirmed or not.
  const isDowngrade = connection.url.startsWith("https:") && error.realm?.startsWith("http:");
  const unconfirmedRealm = error.kind === "realm-refused" && !isDowngrade ? (error.realm ?? null) : null;
  return { advice: adviseOn(error), blockedNetworks: [...new Set(blocked)], unconfirmedRealm };
}

function prepareCapabilities(found: Capabilities): RegistryCapabilities {
  const { apiVersion, authentication, realm, catalog, referrers, deletion, tagDeletion } = found;
  return { apiVersion, authentication, realm, catalog, referrers, deletion, tagDeletion };
}

function adviseOn(error: RegistryError): string | null {
  switch (error.kind) {
    case "address-refused":
      return error.address === undefined
        ? "Such addresses are never asked, whoever allows them. Give the registry's own address."
        : `If the network is yours, an admin can allow ${suggestNetwork(error.address)}.`;
    case "name-not-resolved":
      return "Check the spelling of the host, and that the console's machine can resolve it.";
    case "cannot-connect":
      return "Check host and port, and that nothing between the console and the registry blocks the way.";
    case "tls":
      return "Give the CA that signed the registry's certificate, or check that the address begins with the right scheme.";
    case "timeout":
      return "The registry is slow or the way to it swallows packets: check a firewall between the two.";
    case "unauthorized":
    case "denied":
      return "Check user name and password or token, and what they may do.";
    case "realm-refused":
      return error.realm === undefined
        ? "The token service that the registry names cannot be used."
        : `If ${error.realm} is the right token service, confirm it.`;
    case "not-found":
    case "unsupported":
    case "rejected":
    case "invalid-response":
      return "Check that what answers at this address is a registry, and not a page or a proxy before it.";
    case "server-error":
      return "The registry has a fault of its own: its log says more. Try again later.";
    default:
      return null;
  }
}
