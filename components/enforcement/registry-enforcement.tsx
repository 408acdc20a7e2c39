"use client";

import { useQuery } from "@tanstack/react-query";
import { CheckCard } from "@/components/enforcement/check-card";
import { KeysCard } from "@/components/enforcement/keys-card";
import { enforcementQuery } from "@/components/enforcement/queries";
import { SetupCard } from "@/components/enforcement/setup-card";
import { StateCard } from "@/components/enforcement/state-card";
import { ApiError, describeError } from "@/components/query/api-error";
import { ErrorState } from "@/components/ui/error-state";
import { Skeleton } from "@/components/ui/skeleton";

/** Whether grants hold at this registry, the proof from outside, what to paste there, and its signing keys. */
export function RegistryEnforcement({ slug, mayWrite }: { slug: string; mayWrite: boolean }) {
  const query = useQuery(enforcementQuery(slug));
  const { data: enforcement } = query;
  if (!enforcement)
    return query.isError ? (
      <ErrorState
        title="Enforcement cannot be shown"
        requestId={query.error instanceof ApiError ? query.error.requestId : null}
        onRetry={() => void query.refetch()}
      >
        {describeError(query.error)}
      </ErrorState>
    ) : (
      <Skeleton className="h-96 w-full" />
    );
  return (
    <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_25rem]">
      <div className="flex min-w-0 flex-col gap-5">
        <StateCard slug={slug} enforcement={enforcement} mayWrite={mayWrite} />
        <SetupCard slug={slug} enforcement={enforcement} mayWrite={mayWrite} />
      </div>
      <div className="flex min-w-0 flex-col gap-5">
        <CheckCard slug={slug} enforcement={enforcement} mayWrite={mayWrite} />
        <KeysCard slug={slug} enforcement={enforcement} mayWrite={mayWrite} />
      </div>
    </div>
  );
}
