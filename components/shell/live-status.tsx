import Link from "next/link";
import type { RegistryState } from "#lib/inventory/schema";
import { formatPlural } from "@/components/ui/format-bytes";
import { StateDot } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";

/** How live the data is, in a few words: the last event, or which registries do not answer. */
export function LiveStatus({ registries }: { registries: RegistryState[] }) {
  if (registries.length === 0) return null;
  const failing = registries.filter((registry) => registry.state === "failing");
  return (
    <Link
      href="/registries"
      prefetch={false}
      className="flex shrink-0 items-center gap-1.5 rounded-control text-small whitespace-nowrap text-muted hover:text-ink max-md:hidden"
    >
      {failing.length > 0 ? (
        <>
          <StateDot tone="warn" />
          <span title={failing.map((registry) => registry.slug).join(", ")}>
            {failing.length} of {formatPlural(registries.length, "registry", "registries")}{" "}
            {failing.length === 1 ? "does" : "do"} not answer
          </span>
        </>
      ) : (
        <Heard registries={registries} />
      )}
    </Link>
  );
}

function Heard({ registries }: { registries: RegistryState[] }) {
  const event = latest(registries.map((registry) => registry.lastEventAt));
  const sync = latest(registries.map((registry) => registry.lastSyncedAt));
  if (!event && !sync)
    return (
      <>
        <StateDot tone="plain" />
        not synced yet
      </>
    );
  return (
    <>
      <StateDot tone="good" />
      <span>
        {event ? "live · last event " : "last sync "}
        <RelativeTime at={event ?? sync} />
      </span>
    </>
  );
}

function latest(times: (string | null)[]): string | null {
  return times.reduce((newest, time) => (time && (!newest || time > newest) ? time : newest), null);
}
