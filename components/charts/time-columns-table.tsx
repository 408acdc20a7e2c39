import type { TimeColumns } from "@/components/charts/prepare-time-columns";
import { formatCount } from "@/components/ui/format-bytes";
import { HeadCell, NumberCell, Row, Table } from "@/components/ui/table";

/** The same as the chart, in figures: the newest first, and only when something happened or nobody could know. */
export function TimeColumnsTable({
  chart,
  label,
  series,
}: {
  chart: TimeColumns;
  label: string;
  series: readonly { key: string | null; label: string; total: number }[];
}) {
  const rows = chart.columns.filter(({ total, isSilent }) => total > 0 || isSilent).reverse();
  return (
    <div className="max-h-[15.5rem] overflow-y-auto">
      <Table label={label}>
        <thead>
          <tr>
            <HeadCell>When</HeadCell>
            <HeadCell className="text-right">All</HeadCell>
            {series.map((one) => (
              <HeadCell key={one.key} className="text-right">
                {one.label}
              </HeadCell>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ at, when, total, parts, isSilent }) => (
            <Row key={at}>
              <th scope="row" className="h-8 px-3 font-normal whitespace-nowrap">
                {when}
                {isSilent ? <span className="text-warn"> · a source was silent</span> : null}
              </th>
              <NumberCell className="h-8 font-semibold">{formatCount(total)}</NumberCell>
              {series.map((one) => (
                <NumberCell key={one.key} className="h-8">
                  {formatCount(parts.find(({ key }) => key === one.key)?.count ?? 0)}
                </NumberCell>
              ))}
            </Row>
          ))}
        </tbody>
      </Table>
    </div>
  );
}
