"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { Artifact } from "#lib/inventory/schema-artifact";
import { artifactHref } from "@/components/artifacts/artifact-href";
import { NamedValues } from "@/components/artifacts/named-values";
import { prepareReferrerRows, type ReferrerRow } from "@/components/artifacts/prepare-referrer-rows";
import { referrersQuery } from "@/components/artifacts/queries";
import { describeError } from "@/components/query/api-error";
import { Button } from "@/components/ui/button";
import { Bytes } from "@/components/ui/bytes";
import { Card } from "@/components/ui/card";
import { Digest } from "@/components/ui/digest";
import { formatPlural } from "@/components/ui/format-bytes";
import { SafeText } from "@/components/ui/safe-text";
import { SkeletonRows } from "@/components/ui/skeleton";

/** What is attached to this artifact, and what is attached to that: signatures, SBOMs, attestations. */
export function ReferrersTab({ artifact }: { artifact: Artifact }) {
  const { registry, repository, digest } = artifact;
  const { data, error, refetch } = useQuery(referrersQuery(registry, repository, digest));
  if (!data)
    return (
      <Card title="Referrers">
        {error ? (
          <p role="alert" className="flex flex-wrap items-center gap-3 px-3.5 py-3 text-muted">
            {describeError(error)}
            <Button size="small" onClick={() => refetch()}>
              Try again
            </Button>
          </p>
        ) : (
          <SkeletonRows
            rows={Math.min(12, Math.max(2, artifact.referrerCount + artifact.attestations.length))}
            rowHeight={56}
          />
        )}
      </Card>
    );
  const { rows, cut } = prepareReferrerRows(data.referrers, artifact);
  return (
    <Card title="Referrers" detail={rows.length > 0 ? formatPlural(rows.length, "artifact") : undefined}>
      {rows.length === 0 ? (
        <p className="px-3.5 py-3 text-muted">
          Nothing is attached: no signature, SBOM or attestation names this digest. Tools such as cosign, oras
          attach and docker buildx --attest put them there.
        </p>
      ) : (
        <ul className="divide-y divide-line">
          {rows.map((row) => (
            <ReferrerLine key={row.key} row={row} artifact={artifact} />
          ))}
        </ul>
      )}
      {cut || data.truncated ? (
        <p className="border-t border-line px-3.5 py-2 text-small text-warn">
          The tree is larger than what is shown here.
        </p>
      ) : null}
      {data.note ? (
        <p className="border-t border-line px-3.5 py-2 text-small text-faint">
          <SafeText text={data.note} clip={false} />
        </p>
      ) : null}
    </Card>
  );
}

function ReferrerLine({ row, artifact }: { row: ReferrerRow; artifact: Artifact }) {
  return (
    <li
      className="px-3.5 py-2"
      style={{ paddingLeft: `calc(0.875rem + ${Math.min(row.level - 1, 8)} * 1.25rem)` }}
    >
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
        {row.level > 1 ? (
          <span className="text-faint">
            <span aria-hidden="true">└</span>
            <span className="sr-only">Level {row.level}: </span>
          </span>
        ) : null}
        <span className="font-medium">
          <SafeText text={row.title} className="inline-block max-w-[min(24rem,70vw)] align-bottom" />
        </span>
        {row.type === null ? null : (
          <span className="min-w-0 text-muted" title={row.wholeType}>
            <SafeText text={row.type} className="max-w-[min(28rem,70vw)]" />
          </span>
        )}
        <span className="ml-auto flex items-center gap-3">
          <Link
            href={artifactHref({ ...artifact, reference: row.digest })}
            prefetch={false}
            className="hover:text-accent hover:underline"
          >
            <Digest digest={row.digest} copy={false} />
          </Link>
          <Bytes bytes={row.sizeBytes} className="min-w-16 text-right" />
        </span>
      </div>
      <p className="text-small text-faint">{row.via}</p>
      {row.annotations.length > 0 ? (
        <details className="mt-1 text-small">
          <summary className="w-fit text-muted hover:text-ink">
            {formatPlural(row.annotations.length, "annotation")}
          </summary>
          <div className="mt-1 rounded-control border border-line">
            <NamedValues label={`Annotations of ${row.title}`} values={row.annotations} />
          </div>
        </details>
      ) : null}
    </li>
  );
}
