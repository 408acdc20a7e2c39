import type { DocumentPlan } from "#lib/grants/schema";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { formatCount, formatPlural } from "@/components/ui/format-bytes";
import { SafeText } from "@/components/ui/safe-text";

const signs = {
  added: { sign: "+", word: "added", tone: "text-good" },
  changed: { sign: "~", word: "changed", tone: "text-warn" },
  removed: { sign: "−", word: "removed", tone: "text-danger" },
} as const;

/** A line for each thing that applying the document would do. */
export function DocumentPlanView({
  plan,
  busy,
  onApply,
}: {
  plan: DocumentPlan;
  busy: boolean;
  onApply: (() => void) | null;
}) {
  const counts = (["added", "changed", "removed"] as const).map(
    (change) => [change, plan.items.filter((item) => item.change === change).length] as const,
  );
  const removed = counts.find(([change]) => change === "removed")?.[1] ?? 0;
  return (
    <>
      <p className="border-b border-line px-3.5 py-2.5">
        {plan.items.length === 0 ? (
          <span className="font-semibold">Nothing would change.</span>
        ) : (
          counts
            .filter(([, count]) => count > 0)
            .map(([change, count], index) => (
              <span key={change}>
                {index > 0 ? ", " : ""}
                <span className={classNames("font-semibold", signs[change].tone)}>{formatCount(count)}</span>{" "}
                {change}
              </span>
            ))
        )}
        <span className="text-faint"> {formatCount(plan.unchanged)} as they are.</span>
      </p>
      <ul className="divide-y divide-line">
        {plan.items.map((item) => (
          <li key={`${item.change} ${item.what} ${item.text}`} className="flex gap-2 px-3.5 py-1.5">
            <span
              aria-hidden="true"
              className={classNames("w-3 font-mono font-semibold", signs[item.change].tone)}
            >
              {signs[item.change].sign}
            </span>
            <span className="min-w-0">
              <span className="sr-only">{signs[item.change].word} </span>
              <span className="text-faint">{item.what} </span>
              <SafeText text={item.text} clip={false} />
            </span>
          </li>
        ))}
      </ul>
      {onApply && plan.items.length > 0 ? (
        <div className="flex flex-wrap items-center gap-2 border-t border-line px-3.5 py-3">
          <Button variant={removed > 0 ? "danger" : "primary"} busy={busy} onClick={onApply}>
            Apply the plan
          </Button>
          {removed > 0 ? (
            <p className="text-small text-muted">
              {formatPlural(removed, "thing")} will be taken away, at the next token.
            </p>
          ) : null}
        </div>
      ) : null}
    </>
  );
}
