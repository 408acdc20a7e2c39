import { RelativeTime } from "@/components/ui/relative-time";

export const nothingToldOfPulls = "Its registry tells nothing of pulls: have it send notifications";

/** When it was last pulled. Never is only said where the registry tells of pulls; elsewhere nobody knows. */
export function LastPull({ at, pullsSince }: { at: string | null; pullsSince: string | null }) {
  if (at !== null) return <RelativeTime at={at} />;
  if (pullsSince === null)
    return (
      <span className="text-faint" title={nothingToldOfPulls}>
        unknown
      </span>
    );
  return (
    <span
      className="text-faint"
      title={`Not since ${pullsSince.slice(0, 10)}, when its registry began to tell of pulls`}
    >
      never
    </span>
  );
}
