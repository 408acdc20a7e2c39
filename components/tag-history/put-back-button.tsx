"use client";

import { useState } from "react";
import { describeError } from "@/components/query/api-error";
import { usePutBackTag } from "@/components/tag-history/use-put-back-tag";
import { Button } from "@/components/ui/button";
import { Digest, shortenDigest } from "@/components/ui/digest";
import { Popover } from "@/components/ui/popover";
import { SafeText } from "@/components/ui/safe-text";

/** Two clicks: the first says exactly what will happen, the second does it. */
export function PutBackButton({
  registry,
  repository,
  tag,
  digest,
  currentDigest,
}: {
  registry: string;
  repository: string;
  tag: string;
  digest: string;
  /** Null when the tag is deleted. */
  currentDigest: string | null;
}) {
  const [open, setOpen] = useState(false);
  const putBack = usePutBackTag(() => setOpen(false));
  return (
    <Popover
      label="Put the tag back"
      align="end"
      open={open}
      onOpenChange={(next) => {
        if (putBack.isPending) return;
        if (next) putBack.reset();
        setOpen(next);
      }}
      trigger={
        <Button variant="link" aria-label={`Put the tag back to ${shortenDigest(digest)}`}>
          Put back
        </Button>
      }
    >
      <div className="flex w-[min(20rem,calc(100vw-3rem))] flex-col gap-2.5">
        <p className="font-semibold">
          <SafeText text={`Put ${tag} back?`} clip={false} />
        </p>
        <p className="text-muted">
          The tag will stand on <Digest digest={digest} copy={false} /> again
          {currentDigest === null ? (
            ". It is deleted now."
          ) : (
            <>
              , and no longer on <Digest digest={currentDigest} copy={false} />. That one stays in the
              registry and in this history.
            </>
          )}{" "}
          Who pulls the tag from then on gets that content. Other tags are not touched.
        </p>
        {putBack.error ? (
          <p role="alert" className="text-danger">
            {describeError(putBack.error)}
          </p>
        ) : null}
        <div className="flex justify-end gap-2">
          <Button size="small" variant="ghost" disabled={putBack.isPending} onClick={() => setOpen(false)}>
            Leave it
          </Button>
          <Button
            size="small"
            variant="primary"
            busy={putBack.isPending}
            onClick={() => putBack.mutate({ registry, repository, tag, digest })}
          >
            Put the tag back
          </Button>
        </div>
      </div>
    </Popover>
  );
}
