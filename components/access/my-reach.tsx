"use client";

import { useQuery } from "@tanstack/react-query";
import type { MyAccess } from "#lib/grants/schema";
import { describeActions } from "@/components/access/describe-actions";
import { myAccessQuery } from "@/components/access/queries";
import { Reasons } from "@/components/access/repository-access";
import { ApiError, describeError } from "@/components/query/api-error";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Day } from "@/components/ui/day";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { RelativeTime } from "@/components/ui/relative-time";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";

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
        <Table label="What I may do">
          <thead>
            <tr>
              <HeadCell>Repositories</HeadCell>
              <HeadCell>You may</HeadCell>
              <HeadCell className="hidden sm:table-cell">Through</HeadCell>
              <HeadCell className="hidden text-right md:table-cell">Ends</HeadCell>
              <HeadCell className="hidden text-right md:table-cell">Last used</HeadCell>
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <MineRow key={`${item.registry} ${item.pattern}`} item={item} />
            ))}
          </tbody>
        </Table>
      )}
      {groups.length > 0 ? (
        <p className="border-t border-line px-3.5 py-2 text-small text-faint">
          Counted with your groups: {groups.join(", ")}. They count for 12 hours after you signed in.
        </p>
      ) : null}
    </Card>
  );
}

function MineRow({ item }: { item: MyAccess["items"][number] }) {
  return (
    <Row>
      <Cell className="max-w-48 sm:max-w-sm">
        <span className="[overflow-wrap:anywhere]">
          <span className="text-faint">{item.registry}/</span>
          <code>{item.pattern ?? ""}</code>
        </span>
      </Cell>
      <Cell className={item.actions.includes("push") ? "font-medium text-accent" : ""}>
        {describeActions(item.actions)}
        {item.withheld.length > 0 ? (
          <span className="block text-small font-normal text-faint">
            not {item.withheld.join(" or ")} where protected
          </span>
        ) : null}
      </Cell>
      <Cell className="hidden max-w-md sm:table-cell">
        <Reasons because={item.because} />
      </Cell>
      <Cell className="hidden text-right text-muted md:table-cell">
        {item.expiresAt ? <Day at={item.expiresAt} /> : <span className="text-faint">never</span>}
      </Cell>
      <Cell className="hidden text-right text-muted md:table-cell">
        <RelativeTime at={item.lastUsedAt} />
      </Cell>
    </Row>
  );
}
