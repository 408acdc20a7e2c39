import type { Bar } from "@/components/charts/prepare-bars";
import { classNames } from "@/components/ui/class-names";
import { escapeText } from "@/components/ui/escape-text";
import { formatCount } from "@/components/ui/format-bytes";
import { ViewLink } from "@/components/ui/view-link";

export const barHeight = 26;

/** Names with a bar behind each; what has a name is a link that narrows the page to it. */
export function BarList({
  bars,
  chosen,
  nameOf,
  hrefFor,
}: {
  bars: readonly Bar[];
  chosen: string;
  /** A key as it is shown; the whole of it is in the title. */
  nameOf: (key: string) => string;
  hrefFor: (key: string) => string;
}) {
  return (
    <ul>
      {bars.map((bar) => (
        <li key={bar.label} className="relative" style={{ height: barHeight }}>
          {bar.key === null ? (
            <span className="flex h-full items-center gap-2 px-3.5">
              <BarLine bar={bar} name={bar.key === null ? bar.label : nameOf(bar.key)} />
            </span>
          ) : (
            <ViewLink
              href={hrefFor(bar.key)}
              aria-current={bar.key === chosen ? "true" : undefined}
              className="flex h-full items-center gap-2 px-3.5 outline-offset-[-2px] hover:bg-sunken/60"
            >
              <BarLine bar={bar} name={bar.key === null ? bar.label : nameOf(bar.key)} />
            </ViewLink>
          )}
        </li>
      ))}
    </ul>
  );
}

function BarLine({ bar, name }: { bar: Bar; name: string }) {
  const isNamed = bar.key !== null;
  return (
    <>
      <span className="relative flex h-5 min-w-0 flex-1 items-center">
        <span
          aria-hidden="true"
          className={classNames(
            "absolute inset-y-0 left-0 rounded-[4px]",
            isNamed ? "bg-accent-soft" : "bg-sunken",
          )}
          style={{ width: `${Math.max(1, bar.share * 100)}%` }}
        />
        <bdi
          title={escapeText(bar.label)}
          className={classNames("relative min-w-0 truncate px-1.5", !isNamed && "text-muted")}
        >
          {escapeText(name)}
        </bdi>
      </span>
      <span className="w-14 shrink-0 text-right">{formatCount(bar.total)}</span>
    </>
  );
}
