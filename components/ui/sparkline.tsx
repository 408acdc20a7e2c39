import { prepareSparkline, sparklineHeight, sparklineWidth } from "@/components/ui/prepare-sparkline";

/** Daily counts as a small line; days of which nothing is known are dotted. The words are in its title. */
export function Sparkline({ days, one }: { days: readonly (number | null)[]; one: string }) {
  const { label, isFlat, known, alone, unknown } = prepareSparkline(days, one);
  if (isFlat)
    return (
      <span className="text-faint" title={label}>
        none
      </span>
    );
  return (
    <span role="img" aria-label={label} title={label} className="inline-block align-middle">
      <svg
        aria-hidden="true"
        width={sparklineWidth}
        height={sparklineHeight}
        fill="none"
        strokeWidth="1.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        {unknown ? <path d={unknown} className="stroke-line-strong" strokeDasharray="0.1 4" /> : null}
        <path d={known} className="stroke-accent" />
        {alone ? <path d={alone} className="stroke-accent" strokeWidth="3.5" /> : null}
      </svg>
    </span>
  );
}
