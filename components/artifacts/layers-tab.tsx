import type { Artifact } from "#lib/inventory/schema-artifact";
import { BaseOfLayer, LayersDetail, NoLayers, StepText } from "@/components/artifacts/layers-card";
import { PlatformChooser } from "@/components/artifacts/platform-chooser";
import { hasBuildHistory, mediaTypeInWords } from "@/components/artifacts/prepare-artifact-words";
import { prepareLayerRows } from "@/components/artifacts/prepare-layer-rows";
import { Bytes } from "@/components/ui/bytes";
import { Card } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { Digest } from "@/components/ui/digest";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { Cell, HeadCell, NumberCell, Row, Table } from "@/components/ui/table";

/** Everything known of each layer or file. */
export function LayersTab({ artifact }: { artifact: Artifact }) {
  const built = hasBuildHistory(artifact.kind);
  const title = built ? "Layers" : "Files";
  const rows = prepareLayerRows(artifact.layers, built, artifact.base?.layerCount);
  return (
    <div className="flex flex-col gap-3">
      <PlatformChooser artifact={artifact} tab="layers" />
      {rows.length === 0 ? (
        <NoLayers artifact={artifact} title={title} />
      ) : (
        <Card title={title} detail={<LayersDetail artifact={artifact} />}>
          <Table label={title}>
            <thead>
              <tr>
                <HeadCell className="w-9 pr-1">
                  <span className="sr-only">Place</span>
                </HeadCell>
                <HeadCell>{built ? "Build step" : "File"}</HeadCell>
                <HeadCell className="max-sm:hidden">Digest</HeadCell>
                <HeadCell className="max-xl:hidden">Media type</HeadCell>
                {built ? <HeadCell className="max-lg:hidden">Built</HeadCell> : null}
                <HeadCell className="max-lg:hidden">Base, shared with</HeadCell>
                <HeadCell className="text-right">Size</HeadCell>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row key={row.key}>
                  <Cell className="pr-1 text-faint">{row.place}</Cell>
                  <Cell className="w-full max-w-0">
                    <div className="flex items-center gap-1">
                      <span className="min-w-0 flex-1">
                        <StepText row={row} />
                      </span>
                      {row.whole ? <CopyButton text={row.whole} label="Copy the build step" /> : null}
                    </div>
                  </Cell>
                  <Cell className="max-sm:hidden">
                    {row.digest ? (
                      <Digest digest={row.digest} />
                    ) : (
                      <span className="text-faint">no layer</span>
                    )}
                  </Cell>
                  <Cell className="max-xl:hidden">
                    {row.mediaType ? (
                      <span title={row.mediaType} className="text-muted">
                        {mediaTypeInWords(row.mediaType) ?? (
                          <SafeText text={row.mediaType} mono className="max-w-72" />
                        )}
                      </span>
                    ) : null}
                  </Cell>
                  {built ? (
                    <Cell className="text-muted max-lg:hidden">
                      <RelativeTime at={row.createdAt} fallback="unknown" />
                    </Cell>
                  ) : null}
                  <Cell className="text-muted whitespace-nowrap max-lg:hidden">
                    {row.ofBase ? <BaseOfLayer row={row} artifact={artifact} /> : row.sharedWords}
                  </Cell>
                  <NumberCell>
                    {row.empty ? <span className="text-faint">·</span> : <Bytes bytes={row.sizeBytes} />}
                  </NumberCell>
                </Row>
              ))}
            </tbody>
          </Table>
        </Card>
      )}
    </div>
  );
}
