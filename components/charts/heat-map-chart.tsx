"use client";

import { type MouseEvent, type ReactNode, useState } from "react";
import { type HeatMap, type HeatRow, heatLevels } from "@/components/charts/prepare-heat-map";
import { formatCount } from "@/components/ui/format-bytes";

/** Who × when. Rows are links; a cell can be chosen with the pointer, and by row and column with the keyboard. */
export function HeatMapChart({
  map,
  renderName,
  onChoose,
}: {
  map: HeatMap;
  renderName: (row: HeatRow) => ReactNode;
  onChoose: (row: HeatRow, column: HeatMap["columns"][number]) => void;
}) {
  const { rows, columns } = map;
  const [pointed, setPointed] = useState<{ row: number; column: number } | null>(null);
  const find = (event: MouseEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * columns.length);
    const row = Math.floor(((event.clientY - box.top) / box.height) * rows.length);
    return { row: bound(row, rows.length), column: bound(column, columns.length) };
  };
  const row = pointed ? rows[pointed.row] : undefined;
  const column = pointed ? columns[pointed.column] : undefined;
  return (
    <div className="px-3.5 pt-2 pb-2">
      <div className="flex gap-2">
        <ul className="w-[42%] max-w-56 min-w-0 shrink-0">
          {rows.map((each) => (
            <li key={each.key} className="flex h-[15px] items-center text-tiny">
              {renderName(each)}
            </li>
          ))}
        </ul>
        <div className="relative min-w-0 flex-1">
          <svg
            aria-hidden="true"
            viewBox={`0 0 ${Math.max(1, columns.length) * 10} ${Math.max(1, rows.length) * 10}`}
            preserveAspectRatio="none"
            className="w-full bg-sunken/50 text-accent"
            style={{ height: rows.length * 15 }}
          >
            {map.levels.map(({ level, path }) => (
              <path
                key={level}
                d={path}
                fillOpacity={level / heatLevels}
                className="fill-current stroke-surface"
                vectorEffect="non-scaling-stroke"
                strokeWidth={columns.length > 60 ? 0 : 1}
              />
            ))}
          </svg>
          <button
            type="button"
            tabIndex={-1}
            aria-hidden="true"
            className="absolute inset-0"
            title={
              row && column
                ? `${row.key}, ${column.when}: ${formatCount(row.counts[pointed?.column ?? 0] ?? 0)}`
                : undefined
            }
            onPointerMove={(event) => setPointed(find(event))}
            onPointerLeave={() => setPointed(null)}
            onClick={(event) => {
              const place = find(event);
              const [chosenRow, chosenColumn] = [rows[place.row], columns[place.column]];
              if (chosenRow && chosenColumn) onChoose(chosenRow, chosenColumn);
            }}
          />
          {pointed ? (
            <span
              aria-hidden="true"
              className="pointer-events-none absolute border border-ink"
              style={{
                left: `${(pointed.column / columns.length) * 100}%`,
                width: `${100 / columns.length}%`,
                top: pointed.row * 15,
                height: 15,
              }}
            />
          ) : null}
          <div className="relative h-5 overflow-clip" aria-hidden="true">
            {map.labels.map(({ index, text }) => (
              <span
                key={index}
                className="absolute top-1 text-tiny whitespace-nowrap text-faint"
                style={{ left: `${(index / Math.max(1, columns.length)) * 100}%` }}
              >
                {text}
              </span>
            ))}
          </div>
        </div>
      </div>
      <p className="h-[17px] truncate text-tiny text-faint" aria-hidden="true">
        {row && column
          ? `${column.when}: ${formatCount(row.counts[pointed?.column ?? 0] ?? 0)}`
          : "the darker, the more"}
      </p>
    </div>
  );
}

function bound(index: number, count: number): number {
  return Math.max(0, Math.min(count - 1, index));
}
