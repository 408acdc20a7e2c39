"use client";

import { useQuery } from "@tanstack/react-query";
import { CompareForm } from "@/components/compare/compare-form";
import { ComparisonView } from "@/components/compare/comparison-view";
import { prepareComparisonAnswer } from "@/components/compare/prepare-comparison";
import { comparisonQuery } from "@/components/compare/queries";
import { ApiError, describeError } from "@/components/query/api-error";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeader } from "@/components/ui/page-header";
import { SkeletonRows } from "@/components/ui/skeleton";

export interface ComparePageProps {
  /** Full references as the address has them; empty when it has none. */
  from: string;
  to: string;
  platform?: string;
}

/** Two references side by side, over repositories and registries. */
export function ComparePage({ from, to, platform }: ComparePageProps) {
  const query = useQuery(comparisonQuery(from, to, platform ?? null));
  const problem = query.error instanceof ApiError ? query.error : null;
  const problems = { from: problem?.fieldProblem("from"), to: problem?.fieldProblem("to") };
  const asked = from !== "" && to !== "";
  return (
    <>
      <PageHeader title="Compare">
        {query.data ? (
          <p>{prepareComparisonAnswer(query.data).join(" · ")}</p>
        ) : (
          <p>What lies between two references: layers, config, platforms, size and age.</p>
        )}
      </PageHeader>
      <CompareForm key={`${from} ${to}`} from={from} to={to} problems={problems} />
      {query.data ? (
        <ComparisonView comparison={query.data} address={{ from, to }} />
      ) : !asked ? (
        <EmptyState title="Choose two references">
          <p>
            Type or paste them above, for example <code>registry/team/api:v1.3</code> and{" "}
            <code>registry/team/api:v1.4</code>. On the page of a tag the button Compare fills in what the tag
            stood on before.
          </p>
        </EmptyState>
      ) : query.error ? (
        <ErrorState
          title="These two cannot be compared"
          requestId={problem?.requestId ?? null}
          onRetry={
            problem && problem.status >= 400 && problem.status < 500 ? undefined : () => query.refetch()
          }
        >
          {describeError(query.error)}
        </ErrorState>
      ) : (
        <div className="flex flex-col gap-4">
          {[5, 8, 4].map((rows) => (
            <div key={rows} className="rounded-card border border-line bg-surface">
              <SkeletonRows rows={rows} rowHeight={37} />
            </div>
          ))}
        </div>
      )}
    </>
  );
}
