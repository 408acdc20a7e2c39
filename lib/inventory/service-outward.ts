import { recordAudit } from "#lib/audit/service";
import type { Context } from "#lib/auth/context";
import { db } from "#lib/db/client";
import type { Prisma } from "#lib/db/generated/client";
import { ConflictError, HttpError, InvalidError } from "#lib/http/errors";
import { toRegistryFault } from "#lib/inventory/registry-fault";
import { isProtected, type OpenedRepository } from "#lib/inventory/service-access";
import type { RegistryClient } from "#lib/oci/client";
import { isRegistryError } from "#lib/oci/errors";
import { getRegistryClient } from "#lib/registries/open-client";

export interface OutwardDeed {
  action: string;
  target: string;
  before: Prisma.InputJsonObject;
}

/**
 * A change at a registry: the intent is recorded before, what came of it after. A deed that dies between the two
 * leaves the intent, and doing it again completes it. `work` records its own success with its own changes.
 */
export async function doOutward<T>(
  ctx: Context,
  { registry, repository }: OpenedRepository,
  deed: OutwardDeed,
  work: (client: RegistryClient) => Promise<T>,
): Promise<T> {
  const entry = { ...deed, registryId: registry.id, repository: repository.name };
  await db().$transaction((tx) => recordAudit(tx, ctx, { ...entry, outcome: "intent" }));
  try {
    return await work(await getRegistryClient(registry.id));
  } catch (error) {
    const fault = toRegistryFault(error, registry.slug);
    const reason = fault instanceof HttpError ? fault.message : "unexpected";
    await db().$transaction((tx) => recordAudit(tx, ctx, { ...entry, outcome: "failed", after: { reason } }));
    throw fault;
  }
}

export function requireConnected({ registry }: OpenedRepository): void {
  if (registry.disconnectedAt !== null)
    throw new ConflictError(
      `The registry ${registry.slug} is disconnected: connect it first.`,
      "disconnected",
    );
}

/** Protected repositories want their name typed. */
export function requireConfirmation(
  { registry, repository }: OpenedRepository,
  confirm: string | undefined,
): void {
  if (!isProtected(registry, repository.name) || confirm === repository.name) return;
  throw new InvalidError(
    "confirm",
    `This repository is protected: type its name, ${repository.name}, to confirm.`,
  );
}

const zeroDigest = `sha256:${"0".repeat(64)}`;

/** Asks for the deletion of what cannot exist: not found means that deletion is on, unsupported that it is off. */
export async function findDeletionSwitch(client: RegistryClient, repository: string): Promise<"on" | "off"> {
  try {
    await client.deleteManifest(repository, zeroDigest);
    return "on";
  } catch (error) {
    if (isRegistryError(error, "not-found")) return "on";
    if (isRegistryError(error, "unsupported")) return "off";
    throw error;
  }
}
