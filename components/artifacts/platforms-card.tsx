import Link from "next/link";
import type { Artifact } from "#lib/inventory/schema-artifact";
import { artifactHref } from "@/components/artifacts/artifact-href";
import { preparePlatforms } from "@/components/artifacts/prepare-platforms";
import { Bytes } from "@/components/ui/bytes";
import { Card } from "@/components/ui/card";
import { Digest } from "@/components/ui/digest";
import { Pill } from "@/components/ui/pill";
import { SafeText } from "@/components/ui/safe-text";
import { Cell, HeadCell, NumberCell, Row, Table } from "@/components/ui/table";

/** The children of an index. The name chooses what the layers and the config are shown of. */
export function PlatformsCard({ artifact }: { artifact: Artifact }) {
  const rows = preparePlatforms(artifact.platforms);
  if (rows.length === 0)
    return (
      <Card title="Platforms">
        <p className="px-3.5 py-3 text-muted">This index names no image. Nothing can be run from it.</p>
      </Card>
    );
  return (
    <Card title="Platforms" detail={artifact.kind === "index" ? "choose one to see its layers" : undefined}>
      <Table label="Platforms">
        <thead>
          <tr>
            <HeadCell>Platform</HeadCell>
            <HeadCell className="max-md:hidden">Digest</HeadCell>
            <HeadCell className="text-right">Compressed</HeadCell>
            <HeadCell className="text-right max-sm:hidden">Layers</HeadCell>
            <HeadCell className="max-sm:hidden">Runs as</HeadCell>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row
              key={row.digest}
              className={row.selected && rows.length > 1 ? "bg-accent-soft/60" : undefined}
            >
              <Cell>
                {rows.length > 1 ? (
                  <Link
                    href={artifactHref(artifact, { platform: row.param })}
                    prefetch={false}
                    scroll={false}
                    replace
                    aria-current={row.selected ? "true" : undefined}
                    className="font-medium hover:text-accent hover:underline"
                  >
                    <SafeText text={row.name} className="inline-block max-w-48 align-bottom" />
                  </Link>
                ) : (
                  <SafeText text={row.name} className="max-w-48" />
                )}
                {row.present ? null : (
                  <Pill
                    tone="warn"
                    className="ml-2"
                    title="The index names it, but the registry does not have its manifest."
                  >
                    not in the registry
                  </Pill>
                )}
              </Cell>
              <Cell className="max-md:hidden">
                {artifact.kind === "index" && row.present ? (
                  <Link
                    href={artifactHref({ ...artifact, reference: row.digest })}
                    prefetch={false}
                    className="hover:text-accent hover:underline"
                  >
                    <Digest digest={row.digest} copy={false} />
                  </Link>
                ) : (
                  <Digest digest={row.digest} copy={false} />
                )}
              </Cell>
              <NumberCell>
                <Bytes
                  bytes={row.present ? row.sizeBytes : null}
                  reason="The registry does not have its manifest."
                />
              </NumberCell>
              <NumberCell className="max-sm:hidden">
                {row.layerCount ?? <span className="text-faint">unknown</span>}
              </NumberCell>
              <Cell className="max-sm:hidden">
                {row.user ? (
                  <SafeText text={row.user} mono className="max-w-40" />
                ) : (
                  <span className="text-faint" title="The config names no user, so it runs as root.">
                    root
                  </span>
                )}
              </Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}
