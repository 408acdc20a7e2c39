import Link from "next/link";
import type { ReactNode } from "react";
import type { ComparedSide, Comparison } from "#lib/compare/schema";
import { fullReference } from "@/components/artifacts/artifact-href";
import { kindInWords, platformInWords } from "@/components/artifacts/prepare-artifact-words";
import { ageInWords, deltaInWords } from "@/components/compare/prepare-comparison";
import { Bytes } from "@/components/ui/bytes";
import { Card } from "@/components/ui/card";
import { Digest } from "@/components/ui/digest";
import { imageHref } from "@/components/ui/image-href";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";

const side = "align-top py-2 [overflow-wrap:anywhere] max-sm:h-auto max-sm:min-w-0 max-sm:py-1";

/** Both sides in one table: what each is, and what lies between. */
export function ComparedSides({ comparison }: { comparison: Comparison }) {
  const { from, to, platforms } = comparison;
  const lines: { label: string; show: (side: ComparedSide) => ReactNode; between?: ReactNode }[] = [
    {
      label: "Digest",
      show: ({ digest }) => (
        <>
          <Digest digest={digest} className="max-sm:hidden" />
          <Digest digest={digest} length={4} className="sm:hidden" />
        </>
      ),
      between: comparison.identical ? "the same" : null,
    },
    {
      label: "Kind",
      show: (side) => kindInWords(side.kind),
      between: from.kind === to.kind ? null : "not the same kind",
    },
    {
      label: "Size",
      show: (side) => <Bytes bytes={side.sizeBytes} />,
      between: deltaInWords(comparison.sizeDeltaBytes),
    },
    {
      label: "Built",
      show: (side) => <RelativeTime at={side.createdAt} fallback="unknown" />,
      between: ageInWords(comparison.ageDeltaMs),
    },
    { label: "Pushed", show: (side) => <RelativeTime at={side.pushedAt} fallback="unknown" /> },
    {
      label: "Compared as",
      show: (side) =>
        side.platform ? (
          <SafeText text={platformInWords(side.platform)} />
        ) : (
          <span className="text-faint">itself</span>
        ),
    },
    {
      label: "Platforms",
      show: (side) =>
        side.platforms.length === 0 ? (
          <span className="text-faint">none</span>
        ) : (
          <SafeText text={side.platforms.map(platformInWords).join(", ")} clip={false} />
        ),
      between: platformsInWords(platforms),
    },
  ];
  return (
    <Card>
      <Table label="Both sides">
        <thead>
          <tr className="max-sm:grid max-sm:grid-cols-2">
            <HeadCell className="max-sm:sr-only">
              <span className="sr-only">Property</span>
            </HeadCell>
            <SideHead word="From" side={from} />
            <SideHead word="To" side={to} />
            <HeadCell className="max-md:hidden">Between</HeadCell>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <Row key={line.label} className="max-sm:grid max-sm:grid-cols-2">
              <th
                scope="row"
                className="px-3 py-2 text-left align-top font-normal whitespace-nowrap text-muted max-sm:col-span-2 max-sm:pb-0 max-sm:text-small"
              >
                {line.label}
              </th>
              <Cell className={side}>{line.show(from)}</Cell>
              <Cell className={side}>{line.show(to)}</Cell>
              <Cell className="py-2 align-top text-muted max-md:hidden">{line.between}</Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

function SideHead({ word, side }: { word: string; side: ComparedSide }) {
  return (
    <HeadCell className="w-2/5 max-w-0 py-2 whitespace-normal max-sm:h-auto max-sm:w-auto max-sm:max-w-none max-sm:min-w-0">
      <span className="block text-faint">{word}</span>
      <Link
        href={imageHref(side.registry, side.repository, side.reference)}
        prefetch={false}
        className="block font-semibold whitespace-normal text-ink [overflow-wrap:anywhere] hover:text-accent hover:underline"
      >
        <SafeText text={fullReference(side.registry, side.repository, side.reference)} mono clip={false} />
      </Link>
    </HeadCell>
  );
}

function platformsInWords({ added, removed }: Comparison["platforms"]): ReactNode {
  if (added.length === 0 && removed.length === 0) return "the same";
  const parts = [
    ...added.map((platform) => `+ ${platformInWords(platform)}`),
    ...removed.map((platform) => `− ${platformInWords(platform)}`),
  ];
  return <SafeText text={parts.join(", ")} clip={false} />;
}
