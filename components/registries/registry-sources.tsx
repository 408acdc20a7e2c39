"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type OwnSecretKind, ownSecretKinds, type Source } from "#lib/events/schema";
import { ApiError, describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { NewSourceDialog } from "@/components/registries/new-source-dialog";
import { SourceDrawer } from "@/components/registries/source-drawer";
import { sourcesKey, sourcesQuery } from "@/components/registries/source-queries";
import { SourceTable } from "@/components/registries/source-table";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { SkeletonRows } from "@/components/ui/skeleton";

/** Where events of a registry come from, whether they still do, and what to paste so that more come. */
export function RegistrySources({ slug, mayWrite }: { slug: string; mayWrite: boolean }) {
  const query = useQuery(sourcesQuery(slug));
  const [adding, setAdding] = useState(false);
  const [openId, setOpenId] = useState<number | null>(null);
  const [ending, setEnding] = useState<Source | null>(null);
  const end = useDeed<number>({
    request: (id) => ({ path: `/api/v1/sources/${id}`, method: "DELETE" }),
    invalidates: [[...sourcesKey]],
    done: () => ({ title: "The source has ended", detail: "What it told stays." }),
    onDone: () => setEnding(null),
  });
  const { data, error } = query;
  if (!data && error)
    return (
      <ErrorState
        title="The sources did not come"
        requestId={error instanceof ApiError ? error.requestId : null}
        onRetry={() => void query.refetch()}
      >
        {describeError(error)}
      </ErrorState>
    );
  const items = data?.items ?? [];
  const missing = ownSecretKinds.filter((kind) => !items.some((source) => source.kind === kind));
  return (
    <div className="flex flex-col gap-5">
      <Card
        title="Sources"
        detail="each with a secret of its own"
        actions={
          mayWrite ? (
            <Button size="small" variant="primary" onClick={() => setAdding(true)}>
              Add a source
            </Button>
          ) : null
        }
      >
        {data ? <SourceTable items={items} onOpen={setOpenId} /> : <SkeletonRows rows={3} rowHeight={44} />}
      </Card>
      {data && missing.includes("registry-logs") ? <NoLogYet mayWrite={mayWrite} /> : null}
      <NewSourceDialog
        slug={slug}
        open={adding}
        onClose={() => setAdding(false)}
        suggested={firstOf(missing)}
      />
      <SourceDrawer
        source={items.find(({ id }) => id === openId) ?? null}
        mayWrite={mayWrite}
        onClose={() => setOpenId(null)}
        onEnd={(source) => {
          setOpenId(null);
          setEnding(source);
        }}
      />
      <ConfirmDialog
        open={ending !== null}
        onClose={() => {
          end.reset();
          setEnding(null);
        }}
        title={`End ${ending?.name ?? "the source"}?`}
        deed="End the source"
        busy={end.isPending}
        error={end.error}
        onConfirm={() => ending && end.mutate(ending.id)}
      >
        Its secret is worth nothing from then on, and what is sent with it is refused. What it told stays.
      </ConfirmDialog>
    </div>
  );
}

function firstOf(missing: readonly OwnSecretKind[]): OwnSecretKind {
  return missing[0] ?? "kubernetes";
}

function NoLogYet({ mayWrite }: { mayWrite: boolean }) {
  return (
    <Card title="Failed pulls are not told yet">
      <p className="max-w-2xl px-3.5 py-3 text-muted">
        A registry sends no notification of a pull that failed: only its log knows. Let a log shipper post it
        here, and failed pulls appear with their cause.
        {mayWrite
          ? " Add a source of the kind Registry log for what to paste."
          : " An admin can add a source."}
      </p>
    </Card>
  );
}
