"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { Artifact } from "#lib/inventory/schema-artifact";
import { artifactHref } from "@/components/artifacts/artifact-href";
import { prepareReferrerRows } from "@/components/artifacts/prepare-referrer-rows";
import { referrersQuery } from "@/components/artifacts/queries";
import { describeError } from "@/components/query/api-error";
import { Bytes } from "@/components/ui/bytes";
import { Card } from "@/components/ui/card";
import { SafeText } from "@/components/ui/safe-text";
import { Skeleton } from "@/components/ui/skeleton";

const shownLines = 6;

/** What is attached directly, at a glance; the tree is a tab of its own. */
export function EvidenceCard({ artifact, platform }: { artifact: Artifact; platform: string | null }) {
  const { registry, repository, digest } = artifact;
  const { data, error } = useQuery(referrersQuery(registry, repository, digest));
  const rows = data
    ? prepareReferrerRows(data.referrers, artifact).rows.filter((row) => row.level === 1)
    : [];
  const all = artifactHref(artifact, { tab: "referrers", platform });
  return (
    <Card
      title="Attached"
      actions={
        rows.length > 0 ? (
          <Link href={all} prefetch={false} scroll={false} className="text-small text-accent hover:underline">
            See the tree
          </Link>
        ) : null
      }
    >
      {data ? null : error ? (
        <p role="alert" className="px-3.5 py-3 text-muted">
          {describeError(error)}
        </p>
      ) : (
        <div className="px-3.5 py-3">
          <Skeleton className="h-4 w-2/3" />
        </div>
      )}
      {data && rows.length === 0 ? (
        <p className="px-3.5 py-3 text-muted">No signature, SBOM or attestation names this digest.</p>
      ) : null}
      {rows.length > 0 ? (
        <ul className="divide-y divide-line">
          {rows.slice(0, shownLines).map((row) => (
            <li key={row.key} className="px-3.5 py-2">
              <div className="flex items-baseline gap-3">
                <Link
                  href={artifactHref({ ...artifact, reference: row.digest })}
                  prefetch={false}
                  className="min-w-0 flex-1 hover:text-accent hover:underline"
                >
                  <SafeText text={row.title} />
                </Link>
                <Bytes bytes={row.sizeBytes} className="text-muted" />
              </div>
              <div className="text-small text-faint" title={row.wholeType}>
                <SafeText text={row.type === null ? row.via : `${row.type}, ${row.via}`} />
              </div>
            </li>
          ))}
        </ul>
      ) : null}
      {rows.length > shownLines ? (
        <p className="border-t border-line px-3.5 py-2 text-small text-faint">
          and {rows.length - shownLines} more
        </p>
      ) : null}
    </Card>
  );
}
