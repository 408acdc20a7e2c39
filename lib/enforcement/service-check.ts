import { randomBytes } from "node:crypto";
import { recordAudit } from "#lib/audit/service";
import { authorize } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { db } from "#lib/db/client";
import { runCheck } from "#lib/enforcement/run-check";
import type { EnforcementCheck } from "#lib/enforcement/schema";
import { findEnforcement, keepEnforcementCheck, listSomeRepositories } from "#lib/enforcement/store";
import { evaluate } from "#lib/grants/rules";
import { ConflictError, NotFoundError } from "#lib/http/errors";
import { isRegistryError } from "#lib/oci/errors";
import { OutsideView } from "#lib/oci/outside-view";
import { getVisibleRegistry } from "#lib/registries/connection-service";
import { prepareConnection } from "#lib/registries/open-client";
import { getFreshAccess } from "#lib/tokens/access-gate";
import { formatRealm } from "#lib/tokens/names";
import { issueConsoleToken, issueStrangerToken } from "#lib/tokens/service-console";

const timeoutMs = 30_000;
const lookedAt = 200;

/** Looks at the registry from outside and keeps what was seen. */
export async function checkEnforcement(ctx: Context, slug: string): Promise<EnforcementCheck> {
  const registry = await getVisibleRegistry(ctx, slug);
  authorize(ctx, "enforcement.write", { registryId: registry.id }, "This registry");
  if (registry.disconnectedAt)
    throw new ConflictError(`The registry ${slug} is disconnected: connect it first.`, "disconnected");
  const row = await findEnforcement(db(), registry.id);
  if (!row) throw new NotFoundError(`The registry ${slug} does not exist, or you may not see it.`);
  const connection = await prepareConnection(registry, { kind: "none" });
  const check = await look(connection, row, ctx);
  await db().$transaction(async (tx) => {
    await keepEnforcementCheck(tx, registry.id, check);
    await recordAudit(tx, ctx, {
      action: "enforcement.check",
      target: slug,
      registryId: registry.id,
      after: { seen: check.seen, steps: check.steps.map(({ name, outcome }) => `${name}: ${outcome}`) },
    });
  });
  return check;
}

async function look(
  connection: Awaited<ReturnType<typeof prepareConnection>>,
  row: NonNullable<Awaited<ReturnType<typeof findEnforcement>>>,
  ctx: Context,
): Promise<EnforcementCheck> {
  let view: OutsideView;
  try {
    view = new OutsideView({
      origin: connection.url,
      allowedNetworks: connection.allowedNetworks,
      userAgent: connection.userAgent,
      ...(connection.caPem === null ? {} : { caPem: connection.caPem }),
    });
  } catch (error) {
    if (!isRegistryError(error)) throw error;
    return {
      seen: "unknown",
      at: ctx.now.toISOString(),
      steps: [{ name: "challenge", outcome: "unknown", text: error.message }],
      warnings: [],
    };
  }
  try {
    const [hiddenRepository, ownToken, strangerToken] = await Promise.all([
      findHiddenRepository(row.id, ctx.now),
      issueConsoleToken(row.id, []),
      issueStrangerToken(row.id),
    ]);
    return await runCheck({
      view,
      registryUrl: connection.url,
      realm: formatRealm(),
      service: row.slug,
      state: row.enforcement,
      tokenMode: row.tokenMode,
      hiddenRepository,
      ownToken: ownToken.token,
      strangerToken: strangerToken.token,
      now: ctx.now,
      signal: AbortSignal.timeout(timeoutMs),
    });
  } finally {
    await view.close();
  }
}

/** A repository that grants do not open to everybody: a known one, else a name that nobody has. */
async function findHiddenRepository(registryId: number, now: Date): Promise<string | null> {
  const names = await listSomeRepositories(db(), registryId, lookedAt);
  names.push(`wharfinger-check/${randomBytes(8).toString("hex")}`);
  const access = await getFreshAccess();
  const held = access.findRegistryById(registryId)?.held;
  const subject = access.findSubject(null, now.getTime());
  if (!held || !subject) return names[0] ?? null;
  const isOpen = (name: string) =>
    evaluate(held.grantsFor(subject, name), held.protections, subject, name, now.getTime()).actions.length >
    0;
  return names.find((name) => !isOpen(name)) ?? null;
}
