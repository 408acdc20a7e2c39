import type { Source } from "#lib/events/schema";
import { describeSource, nameSourceKind } from "@/components/registries/describe-source";
import { formatCount } from "@/components/ui/format-bytes";
import { StateDot } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { Cell, HeadCell, NumberCell, Row, Table } from "@/components/ui/table";

export function SourceTable({ items, onOpen }: { items: readonly Source[]; onOpen: (id: number) => void }) {
  return (
    <Table label="Sources">
      <thead>
        <tr>
          <HeadCell>Source</HeadCell>
          <HeadCell>State</HeadCell>
          <HeadCell className="max-md:hidden">Last delivery</HeadCell>
          <HeadCell className="max-lg:hidden">Delay</HeadCell>
          <HeadCell className="text-right">Kept</HeadCell>
          <HeadCell className="text-right max-sm:hidden">Unreadable</HeadCell>
        </tr>
      </thead>
      <tbody>
        {items.map((source) => {
          const { tone, word, detail } = describeSource(source);
          return (
            <Row key={source.id}>
              <Cell>
                <button
                  type="button"
                  className="flex min-h-11 max-w-full min-w-0 flex-col items-start justify-center text-left"
                  onClick={() => onOpen(source.id)}
                >
                  <SafeText text={source.name} className="font-semibold" />
                  <span className="text-small text-faint">
                    {nameSourceKind(source.kind)}
                    {source.cluster === null ? null : ` of ${source.cluster}`}
                  </span>
                </button>
              </Cell>
              <Cell>
                <span className="inline-flex items-center gap-1.5 whitespace-nowrap" title={detail}>
                  <StateDot tone={tone} />
                  {word}
                </span>
              </Cell>
              <Cell className="text-muted max-md:hidden">
                <RelativeTime at={source.lastDeliveryAt} />
              </Cell>
              <Cell className="text-muted max-lg:hidden">{describeDelay(source.lagMs)}</Cell>
              <NumberCell>{formatCount(source.accepted)}</NumberCell>
              <NumberCell className="max-sm:hidden">
                {source.unreadable === 0 ? (
                  <span className="text-faint">none</span>
                ) : (
                  <span className="font-medium text-warn">{formatCount(source.unreadable)}</span>
                )}
              </NumberCell>
            </Row>
          );
        })}
      </tbody>
    </Table>
  );
}

/** From what happened to its arrival, in words. */
export function describeDelay(lagMs: number | null): string {
  if (lagMs === null) return "unknown";
  if (lagMs < 1_000) return "under a second";
  if (lagMs < 120_000) return `${Math.round(lagMs / 1_000)} s`;
  if (lagMs < 2 * 3_600_000) return `${Math.round(lagMs / 60_000)} min`;
  return `${Math.round(lagMs / 3_600_000)} h`;
}
