"use client";

import { useQuery } from "@tanstack/react-query";
import { myAccessQuery } from "@/components/access/queries";
import { ReachRow, ReachTable } from "@/components/access/reach-table";
import { ApiError, describeError } from "@/components/query/api-error";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { SkeletonRows } from "@/components/ui/skeleton";

/** What I may do at the registries, with the reason. Whether a page of this console may be opened is another matter. */
export function MyReach({ onAsk }: { onAsk: () => void }) {
  const query = useQuery(myAccessQuery());
  const items = query.data?.items ?? [];
  const groups = query.data?.groups ?? [];
  return (
    <Card title="What I may do" detail="with docker and other clients, at the registries themselves">
      {query.isPending ? (
        <SkeletonRows rows={3} />
      ) : query.isError && !query.data ? (
        <ErrorState
          title="What you may do did not come"
          requestId={query.error instanceof ApiError ? query.error.requestId : null}
          onRetry={() => void query.refetch()}
        >
          {describeError(query.error)}
        </ErrorState>
      ) : items.length === 0 ? (
        <EmptyState title="Nothing yet" action={<Button onClick={onAsk}>Ask for access</Button>}>
          No grant lets you pull or push with a client. Looking at repositories in this console is a matter of
          your roles, which are another thing.
        </EmptyState>
      ) : (
        <ReachTable label="What I may do" may="You may">
          {items.map((item) => (
            <ReachRow key={`${item.registry} ${item.pattern}`} item={item}>
              <span className="text-faint">{item.registry}/</span>
              <code>{item.pattern ?? ""}</code>
            </ReachRow>
          ))}
        </ReachTable>
      )}
      {query.data?.hasStaleGroups ? (
        <p className="border-t border-line px-3.5 py-2 text-small text-warn">
          Your groups do not count any more: you signed in more than 12 hours ago. Sign out and in again, and
          what was granted to them is yours again.
        </p>
      ) : null}
      {groups.length > 0 ? (
        <p className="border-t border-line px-3.5 py-2 text-small text-faint">
          Counted with your groups: {groups.join(", ")}. They count for 12 hours after you signed in.
        </p>
      ) : null}
    </Card>
  );
}
