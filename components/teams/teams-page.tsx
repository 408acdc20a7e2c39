"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import type { Team } from "#lib/teams/schema";
import { useDeed } from "@/components/query/use-deed";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { PagedList } from "@/components/settings/paged-list";
import { teamsKey, teamsQuery } from "@/components/teams/queries";
import { TeamDialog } from "@/components/teams/team-dialog";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { SafeText } from "@/components/ui/safe-text";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";

/** Who owns which repositories. Lists can be filtered by team; a team gives no permission. */
export function TeamsPage({
  registries,
  mayWrite,
}: {
  registries: readonly { slug: string; name: string }[];
  mayWrite: boolean;
}) {
  const query = useInfiniteQuery(teamsQuery());
  const [editing, setEditing] = useState<Team | "new" | null>(null);
  const [deleting, setDeleting] = useState<Team | null>(null);
  const remove = useDeed<string>({
    request: (slug) => ({ path: `/api/v1/teams/${slug}`, method: "DELETE" }),
    invalidates: [[...teamsKey]],
    done: () => ({ title: "The team was removed" }),
    onDone: () => setDeleting(null),
  });
  return (
    <Card
      title="Teams"
      detail="who owns which repositories; a team by itself gives no permission"
      actions={
        mayWrite ? (
          <Button variant="primary" onClick={() => setEditing("new")}>
            Add a team
          </Button>
        ) : null
      }
    >
      <PagedList
        query={query}
        title="The teams did not come"
        empty={
          <EmptyState title="No team yet">
            A team has a name, people and repository patterns. Lists and later costs are split by it.
          </EmptyState>
        }
      >
        {(teams) => (
          <Table label="Teams">
            <thead>
              <tr>
                <HeadCell>Team</HeadCell>
                <HeadCell>Repositories</HeadCell>
                <HeadCell className="hidden sm:table-cell">People</HeadCell>
                <HeadCell>
                  <span className="sr-only">Deeds</span>
                </HeadCell>
              </tr>
            </thead>
            <tbody>
              {teams.map((team) => (
                <Row key={team.slug}>
                  <Cell>
                    <Link
                      href={`/images?team=${team.slug}`}
                      prefetch={false}
                      className="font-medium hover:underline"
                    >
                      <SafeText text={team.name} />
                    </Link>
                    <span className="block text-small text-faint">{team.description || team.slug}</span>
                  </Cell>
                  <Cell>
                    <span className="flex flex-wrap gap-x-3 font-mono">
                      {team.patterns.length === 0 ? <span className="text-faint">none</span> : null}
                      {team.patterns.map((each) => (
                        <span key={`${each.registry}/${each.pattern}`}>
                          {each.pattern}
                          {each.registry ? <span className="text-faint"> in {each.registry}</span> : null}
                        </span>
                      ))}
                    </span>
                  </Cell>
                  <Cell className="hidden text-muted sm:table-cell">
                    {team.members
                      ? team.members.map((each) => each.name).join(", ") || "nobody"
                      : "not shown to you"}
                  </Cell>
                  <Cell className="text-right whitespace-nowrap">
                    {mayWrite ? (
                      <>
                        <Button size="small" variant="ghost" onClick={() => setEditing(team)}>
                          Edit
                        </Button>
                        <Button size="small" variant="ghost" onClick={() => setDeleting(team)}>
                          Remove
                        </Button>
                      </>
                    ) : null}
                  </Cell>
                </Row>
              ))}
            </tbody>
          </Table>
        )}
      </PagedList>
      {editing ? (
        <TeamDialog
          key={editing === "new" ? "new" : editing.slug}
          team={editing === "new" ? null : editing}
          registries={registries}
          onClose={() => setEditing(null)}
        />
      ) : null}
      <ConfirmDialog
        open={deleting !== null}
        onClose={() => setDeleting(null)}
        title={`Remove the team ${deleting?.name ?? ""}?`}
        deed="Remove the team"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => deleting && remove.mutate(deleting.slug)}
      >
        Its people and repositories stay as they are; lists can no longer be filtered by it.
      </ConfirmDialog>
    </Card>
  );
}
