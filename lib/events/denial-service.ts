import type { Tx } from "#lib/db/client";
import { readDenialCause } from "#lib/events/rules-denial-cause";
import type { RegistrySignal } from "#lib/events/signal";
import { plainSignal } from "#lib/events/signal-fields";
import { insertDeliveries } from "#lib/events/store-ingest";
import { findDenialSources } from "#lib/events/store-sources";
import { isRepositoryName } from "#lib/oci/reference";

/** What our token endpoint refused, as often as it did so in one hour. */
export interface ToldDenial {
  foldKey: string;
  registryId: number;
  reason: string;
  /** `robot:ci`, or a name that is known but was not proven; null for nobody. */
  actor: string | null;
  signedIn: boolean;
  repository: string | null;
  actions: readonly string[];
  address: string | null;
  agent: string | null;
  detail: string;
  count: number;
  firstAt: Date;
  lastAt: Date;
}

/** Takes refused pulls into the events, as one source among others. Told again with a higher count they grow. */
export async function ingestDenials(tx: Tx, denials: readonly ToldDenial[]): Promise<void> {
  const told = denials.flatMap((denial) => {
    const signal = prepareSignal(denial);
    return signal ? [{ registryId: denial.registryId, signal }] : [];
  });
  if (told.length === 0) return;
  const sources = await findDenialSources(tx, [...new Set(told.map(({ registryId }) => registryId))]);
  const receivedAt = new Date();
  const deliveries = sources.map((source) => ({
    source,
    signals: told.flatMap(({ registryId, signal }) => (registryId === source.registryId ? [signal] : [])),
    receivedAt,
    ...{ canary: false, ignored: 0, unreadable: 0, sample: null },
  }));
  if (deliveries.length > 0) await insertDeliveries(tx, deliveries);
}

function prepareSignal(denial: ToldDenial): RegistrySignal | null {
  const { repository, actions, signedIn, reason } = denial;
  if (repository === null || !isRepositoryName(repository)) return null;
  // Who asks for push asks for pull along with it: that is a refused push.
  const action = actions.includes("push") ? "push" : actions.includes("pull") ? "pull" : null;
  const cause = readDenialCause(reason, signedIn);
  if (action === null || cause === null) return null;
  return plainSignal({
    eventId: denial.foldKey,
    side: "denial",
    action,
    cause,
    repository,
    actor: denial.actor,
    address: denial.address,
    agent: denial.agent,
    message: denial.detail.slice(0, 4_000),
    count: Math.min(denial.count, 2_000_000_000),
    at: denial.firstAt,
    lastAt: denial.lastAt,
    // Clients with several credentials try them in turn, and the last try is often without any.
    provisional: cause === "not-signed-in",
    raw: JSON.stringify({ reason, actions, detail: denial.detail }),
  });
}
