"use client";

import {
  Bar,
  BarChart,
  CartesianGrid,
  ReferenceArea,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { ActivityColumn, ActivityColumns } from "@/components/activity/prepare-activity-columns";

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** Columns over time. Loaded apart, so that no other page pays for the chart library. */
export default function ActivityChart({
  chart,
  fill,
  hatchId,
  onColumn,
}: {
  chart: ActivityColumns;
  fill: string;
  /** Unique on the page. */
  hatchId: string;
  onColumn: (column: ActivityColumn) => void;
}) {
  const ticks = new Map(chart.columns.map(({ from, tick }) => [from, tick]));
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart
        data={chart.columns}
        syncId="activity"
        syncMethod="index"
        accessibilityLayer={false}
        margin={{ top: 6, right: 4, bottom: 0, left: 0 }}
        barCategoryGap={chart.columns.length > 60 ? "12%" : "22%"}
        onClick={({ activeTooltipIndex }) => {
          const column = chart.columns[Number(activeTooltipIndex ?? -1)];
          if (column) onColumn(column);
        }}
        className="cursor-pointer text-tiny"
      >
        <defs>
          <pattern
            id={hatchId}
            width="7"
            height="7"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(-45)"
          >
            <rect width="7" height="7" fill="var(--sunken)" fillOpacity="0.5" />
            <line x1="0" y1="0" x2="7" y2="0" stroke="var(--line-strong)" strokeWidth="1.5" />
          </pattern>
        </defs>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="from"
          tickFormatter={(from: string) => ticks.get(from) ?? ""}
          interval="equidistantPreserveStart"
          minTickGap={28}
          tickLine={false}
          axisLine={{ stroke: "var(--line-strong)" }}
          tick={{ fill: "var(--faint)" }}
          height={20}
        />
        <YAxis
          width={40}
          allowDecimals={false}
          tickCount={4}
          tickFormatter={(count: number) => compact.format(count)}
          tickLine={false}
          axisLine={false}
          tick={{ fill: "var(--faint)" }}
        />
        {chart.unknown.map(({ from, to }) => (
          <ReferenceArea
            key={from}
            x1={chart.columns[from]?.from}
            x2={chart.columns[to]?.from}
            fill={`url(#${hatchId})`}
            fillOpacity={1}
            ifOverflow="visible"
          />
        ))}
        <Tooltip
          isAnimationActive={false}
          cursor={{ fill: "var(--accent-soft)", fillOpacity: 0.6 }}
          content={({ active, payload }) => {
            const column = payload?.[0]?.payload as ActivityColumn | undefined;
            if (!active || !column) return null;
            return <div className="floating rounded-control px-2.5 py-1.5 text-small">{column.label}</div>;
          }}
        />
        <Bar
          dataKey="count"
          fill={fill}
          isAnimationActive={false}
          minPointSize={(value) => (value ? 2 : 0)}
          radius={[1.5, 1.5, 0, 0]}
        />
      </BarChart>
    </ResponsiveContainer>
  );
}
