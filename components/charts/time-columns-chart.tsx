"use client";

import { type KeyboardEvent, memo, useState } from "react";
import { chartHeight, type TimeColumn, type TimeColumns } from "@/components/charts/prepare-time-columns";
import { classNames } from "@/components/ui/class-names";
import { formatCount } from "@/components/ui/format-bytes";

/**
 * Stacked columns over time. It draws what was prepared and decides nothing: the plot stretches with its place, so the
 * server draws it as it stays. Arrow keys walk over the columns.
 */
export function TimeColumnsChart({
  chart,
  label,
  chosen,
  onChoose,
}: {
  chart: TimeColumns;
  label: string;
  /** The begin of the column that the rest of the page is narrowed to. */
  chosen: string | null;
  onChoose: (column: TimeColumn) => void;
}) {
  const { columns, ticks } = chart;
  const [shown, setShown] = useState<number | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const count = columns.length;
  const percent = (index: number) => `${(index / Math.max(1, count)) * 100}%`;
  const top = ticks[ticks.length - 1] ?? 1;
  const stop = cursor !== null && cursor < count ? cursor : count - 1;
  const chosenIndex = chosen === null ? -1 : columns.findIndex(({ at }) => at === chosen);
  const shownColumn = shown === null ? undefined : columns[shown];

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const next = { ArrowLeft: stop - 1, ArrowRight: stop + 1, Home: 0, End: count - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const bounded = Math.max(0, Math.min(count - 1, next));
    setCursor(bounded);
    event.currentTarget.querySelectorAll("button")[bounded]?.focus();
  };
  return (
    <div className="px-3.5 pt-3 pb-2">
      <div className="relative mr-11 h-44">
        {ticks.map((tick) => (
          <div
            key={tick}
            className={classNames(
              "absolute inset-x-0 border-t",
              tick === 0 ? "border-line-strong" : "border-line",
            )}
            style={{ bottom: `${(tick / top) * 100}%` }}
          >
            <span className="absolute left-full -translate-y-1/2 pl-2 text-small text-faint">
              {formatCount(tick)}
            </span>
          </div>
        ))}
        {chart.silent.map(({ from, to }) => (
          <div
            key={from}
            title="No log source was heard for part of this time: failures may be missing"
            className="hatched absolute inset-y-0 bg-sunken/60"
            style={{ left: percent(from), width: percent(to - from) }}
          >
            {to - from > count / 14 ? (
              <span className="block pt-1 text-center text-tiny text-muted">silent</span>
            ) : null}
          </div>
        ))}
        {shown !== null && shownColumn ? (
          <div
            className="absolute inset-y-0 bg-ink/5"
            style={{ left: percent(shown), width: percent(1) }}
            aria-hidden="true"
          />
        ) : null}
        <Plot chart={chart} />
        {chosenIndex >= 0 ? (
          <>
            <span
              className="absolute inset-y-0 left-0 bg-surface/70"
              style={{ width: percent(chosenIndex) }}
            />
            <span
              className="absolute inset-y-0 right-0 bg-surface/70"
              style={{ left: percent(chosenIndex + 1) }}
            />
          </>
        ) : null}
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would be announced as a form. */}
        <div
          role="group"
          aria-label={label}
          className="absolute inset-0 flex"
          onKeyDown={onKeyDown}
          onPointerLeave={() => setShown(null)}
          onBlur={() => setShown(null)}
        >
          {columns.map((column, index) => (
            <button
              key={column.at}
              type="button"
              tabIndex={index === stop ? 0 : -1}
              aria-label={column.label}
              aria-pressed={index === chosenIndex}
              onPointerEnter={() => setShown(index)}
              onFocus={() => {
                setCursor(index);
                setShown(index);
              }}
              onClick={() => onChoose(column)}
              className="h-full min-w-0 flex-1 focus-visible:outline-offset-[-2px]"
            />
          ))}
        </div>
        {shown !== null && shownColumn ? (
          <ColumnNote
            column={shownColumn}
            style={
              shown > count * 0.55
                ? { right: `calc(${100 - (shown / count) * 100}% + 8px)` }
                : { left: `calc(${((shown + 1) / count) * 100}% + 8px)` }
            }
          />
        ) : null}
      </div>
      <div className="relative mr-11 h-6" aria-hidden="true">
        {chart.labels.map(({ index, text }, order) => (
          <span
            key={index}
            className={classNames(
              "absolute top-1.5 text-small whitespace-nowrap text-faint",
              chart.labels.length > 4 && order % 2 === 1 && "max-sm:hidden",
            )}
            style={{ left: percent(index) }}
          >
            {text}
          </span>
        ))}
      </div>
    </div>
  );
}

const Plot = memo(function Plot({ chart }: { chart: TimeColumns }) {
  return (
    <svg
      aria-hidden="true"
      viewBox={`0 0 ${chart.width} ${chartHeight}`}
      preserveAspectRatio="none"
      className="absolute inset-0 size-full"
    >
      {chart.paths.map(({ key, colour, path }) => (
        <path
          key={key}
          d={path}
          vectorEffect="non-scaling-stroke"
          className={classNames("fill-current stroke-surface", colour)}
          // Between narrow columns a line would wash out what it parts.
          strokeWidth={chart.columns.length > 60 ? 0 : 0.6}
        />
      ))}
    </svg>
  );
});

function ColumnNote({ column, style }: { column: TimeColumn; style: Record<string, string> }) {
  return (
    <div
      aria-hidden="true"
      className="floating pointer-events-none absolute top-0 z-20 w-max max-w-60 rounded-control px-2.5 py-1.5 text-small"
      style={style}
    >
      <p className="flex justify-between gap-4">
        <span className="text-muted">{column.when}</span>
        <span className="font-semibold">{formatCount(column.total)}</span>
      </p>
      {column.parts.map(({ key, label, colour, count }) => (
        <p key={key} className="flex items-center gap-1.5">
          <span className={classNames("size-2 shrink-0 rounded-[2px] bg-current", colour)} />
          <span className="min-w-0 flex-1 truncate">{label}</span>
          <span className="pl-3">{formatCount(count)}</span>
        </p>
      ))}
      {column.isSilent ? <p className="text-warn">a source was silent: some may be missing</p> : null}
    </div>
  );
}
