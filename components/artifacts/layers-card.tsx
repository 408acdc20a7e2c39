import Link from "next/link";
import type { ReactNode } from "react";
import type { Artifact } from "#lib/inventory/schema-artifact";
import { hasBuildHistory, platformInWords } from "@/components/artifacts/prepare-artifact-words";
import { nameOfImage, prepareBase } from "@/components/artifacts/prepare-base";
import {
  type LayerRow,
  prepareLayerRows,
  prepareLayersSummary,
} from "@/components/artifacts/prepare-layer-rows";
import { SizeBar } from "@/components/artifacts/size-bar";
import { Bytes } from "@/components/ui/bytes";
import { Card } from "@/components/ui/card";
import { escapeText } from "@/components/ui/escape-text";
import { formatBytes, formatPlural } from "@/components/ui/format-bytes";
import { imageHref } from "@/components/ui/image-href";
import { SafeText } from "@/components/ui/safe-text";
import { Cell, HeadCell, NumberCell, Row, Table } from "@/components/ui/table";

/** Each step of the build beside the layer that it made, in order; steps that made none are greyed. */
export function LayersCard({ artifact }: { artifact: Artifact }) {
  const built = hasBuildHistory(artifact.kind);
  const title = built ? "Layers" : "Files";
  const rows = prepareLayerRows(artifact.layers, built, artifact.base?.layerCount);
  if (rows.length === 0) return <NoLayers artifact={artifact} title={title} />;
  return (
    <Card title={title} detail={<LayersDetail artifact={artifact} />}>
      <Table label={title}>
        <thead className="sr-only">
          <tr>
            <HeadCell>Place</HeadCell>
            <HeadCell>{built ? "Build step" : "File"}</HeadCell>
            <HeadCell>Share of the largest</HeadCell>
            <HeadCell>Size</HeadCell>
            <HeadCell>Shared with</HeadCell>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <LayerLine key={row.key} row={row} base={<BaseOfLayer row={row} artifact={artifact} />} />
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

function LayerLine({ row, base }: { row: LayerRow; base: ReactNode }) {
  return (
    <Row>
      <Cell className="w-9 pr-1 text-faint">{row.place}</Cell>
      <Cell className="w-full max-w-0">
        <StepText row={row} />
      </Cell>
      <Cell className="w-32 min-w-24 max-md:hidden lg:max-xl:hidden 2xl:w-48">
        <SizeBar fraction={row.barFraction} tone={row.ofBase ? "base" : row.shared ? "shared" : "own"} />
      </Cell>
      <NumberCell>
        {row.empty ? (
          <span className="text-faint" title="This step made no layer.">
            ·
          </span>
        ) : (
          <Bytes bytes={row.sizeBytes} />
        )}
      </NumberCell>
      <Cell className="text-muted whitespace-nowrap max-sm:hidden">
        {row.ofBase ? base : row.sharedWords}
      </Cell>
    </Row>
  );
}

export function StepText({ row }: { row: LayerRow }) {
  const shown = escapeText(row.text);
  return (
    <bdi
      title={escapeText(row.whole ?? row.text)}
      className={`tag-mono block truncate ${row.empty || row.ofBase ? "text-faint" : row.whole === null ? "text-muted" : ""}`}
    >
      {shown}
    </bdi>
  );
}

export function LayersDetail({ artifact }: { artifact: Artifact }) {
  const summary = prepareLayersSummary(artifact.layers);
  const platform = artifact.platforms.find((each) => each.selected);
  const parts = [
    platform ? platformInWords(platform) : null,
    `${formatPlural(summary.layerCount, hasBuildHistory(artifact.kind) ? "layer" : "file")}, ${formatBytes(summary.sizeBytes)}`,
    summary.sharedBytes > 0 ? `${formatBytes(summary.sharedBytes)} shared with other tags` : null,
  ];
  const base = prepareBase(artifact.base, artifact.registry);
  return (
    <span className="break-words">
      <bdi>{escapeText(parts.filter(Boolean).join(" · "))}</bdi>
      {base ? (
        <span title={escapeText(base.source)}>
          {` · ${base.before} `}
          <span className="font-medium text-ink">
            <BaseLink artifact={artifact} name={<SafeText text={base.name} clip={false} />} />
          </span>
          {artifact.base?.problem ? <span className="text-warn"> (not what its annotations say)</span> : null}
        </span>
      ) : null}
    </span>
  );
}

/** In the row of a layer of the base: which image that is. */
export function BaseOfLayer({ row, artifact }: { row: LayerRow; artifact: Artifact }) {
  const name = artifact.base ? nameOfImage(artifact.base, artifact.registry) : null;
  if (row.empty || name === null) return null;
  return <BaseLink artifact={artifact} name={<SafeText text={name} className="max-w-64" />} />;
}

function BaseLink({ artifact, name }: { artifact: Artifact; name: ReactNode }) {
  const image = artifact.base?.image;
  if (!image) return name;
  return (
    <Link
      href={imageHref(image.registry, image.repository, image.reference)}
      prefetch={false}
      className="hover:text-accent hover:underline"
    >
      {name}
    </Link>
  );
}

export function NoLayers({ artifact, title }: { artifact: Artifact; title: string }) {
  const chosen = artifact.platforms.find((each) => each.selected);
  const reason =
    chosen && !chosen.present
      ? "The registry does not have the manifest of this platform, so its layers are not known."
      : artifact.kind === "index"
        ? "This index has no platform to show layers of."
        : "This artifact has no layers: everything that it says is in its manifest.";
  return (
    <Card title={title}>
      <p className="px-3.5 py-3 text-muted">{reason}</p>
    </Card>
  );
}
