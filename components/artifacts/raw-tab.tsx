"use client";

import Download from "lucide-react/icons/download";
import { useMemo } from "react";
import type { Artifact } from "#lib/inventory/schema-artifact";
import { preparePrettyJson } from "@/components/artifacts/prepare-pretty-json";
import { rawManifestHref } from "@/components/artifacts/raw-href";
import { buttonClasses } from "@/components/ui/button";
import { Bytes } from "@/components/ui/bytes";
import { Card } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { escapeText } from "@/components/ui/escape-text";
import { formatBytes } from "@/components/ui/format-bytes";
import { SafeText } from "@/components/ui/safe-text";

const shownCharacters = 200_000;

/** The manifest itself: indented to be read, copied and downloaded byte by byte as the registry stores it. */
export function RawTab({ artifact }: { artifact: Artifact }) {
  const pretty = useMemo(() => preparePrettyJson(artifact.raw), [artifact.raw]);
  const cut = pretty.length > shownCharacters;
  return (
    <Card
      title="Manifest"
      detail={
        <span className="inline-flex min-w-0 max-w-full flex-wrap gap-x-2">
          <SafeText text={artifact.mediaType} mono clip={false} />
          <Bytes bytes={artifact.manifestBytes} />
        </span>
      }
      actions={
        <>
          <a href={rawManifestHref(artifact)} download className={buttonClasses({ size: "small" })}>
            <Download aria-hidden="true" className="size-3.5" />
            Download
          </a>
          <CopyButton text={artifact.raw} label="Copy the manifest as it is stored" />
        </>
      }
    >
      <pre className="px-3.5 py-3 whitespace-pre-wrap [overflow-wrap:anywhere]">
        {/* Line breaks are ours; every other invisible character is written out. */}
        {(cut ? pretty.slice(0, shownCharacters) : pretty).split("\n").map(escapeText).join("\n")}
      </pre>
      {cut ? (
        <p className="border-t border-line px-3.5 py-2 text-small text-muted">
          The first {formatBytes(shownCharacters)} are shown. Download it to read all{" "}
          {formatBytes(pretty.length)}.
        </p>
      ) : null}
    </Card>
  );
}
