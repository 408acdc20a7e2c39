import type { Comparison } from "#lib/compare/schema";
import { SizeBar } from "@/components/artifacts/size-bar";
import {
  type Change,
  type ComparedLayerRow,
  prepareComparedLayers,
} from "@/components/compare/prepare-comparison";
import { Bytes } from "@/components/ui/bytes";
import { Card } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { escapeText } from "@/components/ui/escape-text";
import { formatBytes, formatPlural } from "@/components/ui/format-bytes";
import { Pill } from "@/components/ui/pill";
import { Cell, HeadCell, NumberCell, Row, Table } from "@/components/ui/table";

const words: Record<
  Change,
  { word: string; tone: "accent" | "danger" | "plain"; bar: "own" | "removed" | "shared" }
> = {
  added: { word: "+ added", tone: "accent", bar: "own" },
  removed: { word: "− removed", tone: "danger", bar: "removed" },
  shared: { word: "shared", tone: "plain", bar: "shared" },
};

export function ComparedLayers({ comparison }: { comparison: Comparison }) {
  const rows = prepareComparedLayers(comparison);
  const all = [...rows.added, ...rows.removed, ...rows.shared];
  const { added, removed, shared } = comparison.layers;
  const detail = [
    `${formatPlural(added.items.length, "layer")} added, ${formatBytes(added.sizeBytes)}`,
    `${removed.items.length} removed, ${formatBytes(removed.sizeBytes)}`,
    `${shared.items.length} shared, ${formatBytes(shared.sizeBytes)}`,
  ].join(" · ");
  if (all.length === 0)
    return (
      <Card title="Layers">
        <p className="px-3.5 py-3 text-muted">Neither side has layers.</p>
      </Card>
    );
  return (
    <Card title="Layers" detail={detail}>
      <Table label="Layers">
        <thead className="sr-only">
          <tr>
            <HeadCell>Change</HeadCell>
            <HeadCell>Build step</HeadCell>
            <HeadCell>Share of the largest</HeadCell>
            <HeadCell>Size</HeadCell>
            <HeadCell>Digest</HeadCell>
          </tr>
        </thead>
        <tbody>
          {all.map((row) => (
            <LayerLine key={row.key} row={row} />
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

function LayerLine({ row }: { row: ComparedLayerRow }) {
  const { word, tone, bar } = words[row.change];
  return (
    <Row>
      <Cell className="w-24">
        <Pill tone={tone}>{word}</Pill>
      </Cell>
      <Cell className="w-full max-w-0">
        <bdi
          title={escapeText(row.whole ?? row.text)}
          className={`tag-mono block truncate ${row.change === "shared" || row.whole === null ? "text-muted" : ""}`}
        >
          {escapeText(row.text)}
        </bdi>
      </Cell>
      <Cell className="w-32 min-w-24 max-md:hidden xl:w-44">
        <SizeBar fraction={row.barFraction} tone={bar} />
      </Cell>
      <NumberCell>
        <Bytes bytes={row.sizeBytes} />
      </NumberCell>
      <Cell className="w-8 max-sm:hidden">
        <CopyButton text={row.digest} label="Copy the digest of the layer" />
      </Cell>
    </Row>
  );
}
