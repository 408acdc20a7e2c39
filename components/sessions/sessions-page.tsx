"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import type { Session } from "#lib/sessions/schema";
import { describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { listQuery } from "@/components/settings/list-query";
import { PagedList } from "@/components/settings/paged-list";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Pill } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";

const sessionsKey = ["sessions"] as const;

/** Who is signed in from where. With a user only theirs are listed. */
export function SessionsPage({ user, mayRevoke }: { user?: string; mayRevoke: boolean }) {
  const query = useInfiniteQuery(listQuery<Session>(sessionsKey, "/api/v1/sessions", { user }));
  const revoke = useDeed<string>({
    request: (id) => ({ path: `/api/v1/sessions/${id}`, method: "DELETE" }),
    invalidates: [[...sessionsKey]],
    done: () => ({ title: "The session ended" }),
  });
  return (
    <Card title={user ? "My sessions" : "Sessions"} detail="signed in and not yet expired">
      {revoke.error ? (
        <p role="alert" className="px-3.5 py-2 text-danger">
          {describeError(revoke.error)}
        </p>
      ) : null}
      <PagedList
        query={query}
        title="The sessions did not come"
        empty={<EmptyState title="Nobody is signed in" />}
      >
        {(sessions) => (
          <Table label="Sessions">
            <thead>
              <tr>
                {user ? null : <HeadCell>Person</HeadCell>}
                <HeadCell>From</HeadCell>
                <HeadCell className="text-right">Last seen</HeadCell>
                <HeadCell className="hidden text-right sm:table-cell">Signed in</HeadCell>
                <HeadCell>
                  <span className="sr-only">Deeds</span>
                </HeadCell>
              </tr>
            </thead>
            <tbody>
              {sessions.map((session) => (
                <Row key={session.id}>
                  {user ? null : (
                    <Cell className="font-medium">
                      <SafeText text={session.user} />
                    </Cell>
                  )}
                  <Cell>
                    <span className="flex flex-wrap items-center gap-1.5">
                      <code>{session.address ?? "unknown"}</code>
                      {session.current ? <Pill tone="accent">this one</Pill> : null}
                    </span>
                    <span
                      className="line-clamp-1 max-w-40 text-small text-faint sm:max-w-md"
                      title={session.agent ?? undefined}
                    >
                      <SafeText text={session.agent ?? "unknown client"} />
                    </span>
                  </Cell>
                  <Cell className="text-right">
                    <RelativeTime at={session.lastSeenAt} />
                  </Cell>
                  <Cell className="hidden text-right sm:table-cell">
                    <RelativeTime at={session.createdAt} />
                  </Cell>
                  <Cell className="text-right">
                    {session.current || !mayRevoke ? null : (
                      <Button
                        size="small"
                        variant="ghost"
                        disabled={revoke.isPending}
                        onClick={() => revoke.mutate(session.id)}
                      >
                        End it
                      </Button>
                    )}
                  </Cell>
                </Row>
              ))}
            </tbody>
          </Table>
        )}
      </PagedList>
    </Card>
  );
}
