"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ApiKey } from "#lib/api-keys/schema";
import { NewApiKeyDialog } from "@/components/api-keys/new-api-key-dialog";
import { apiKeysKey, apiKeysQuery } from "@/components/api-keys/queries";
import { useDeed } from "@/components/query/use-deed";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { describePlace } from "@/components/settings/describe-place";
import { PagedList } from "@/components/settings/paged-list";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CheckboxLine } from "@/components/ui/checkbox";
import { EmptyState } from "@/components/ui/empty-state";
import { Pill, type Tone } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";

const stateTones: Record<ApiKey["state"], Tone> = {
  live: "good",
  expired: "warn",
  revoked: "plain",
  "owner-disabled": "warn",
};

/** Keys for pipelines and scripts. With an owner only theirs are listed. */
export function ApiKeysPage({
  owner,
  registries,
  mayCreate,
  mayRevoke,
}: {
  owner?: string;
  registries: readonly { slug: string; name: string }[];
  mayCreate: boolean;
  mayRevoke: boolean;
}) {
  const [all, setAll] = useState(false);
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const query = useInfiniteQuery(apiKeysQuery({ owner, all: all ? "true" : undefined }));
  const revoke = useDeed<string>({
    request: (id) => ({ path: `/api/v1/api-keys/${id}`, method: "DELETE" }),
    invalidates: [[...apiKeysKey]],
    done: () => ({ title: "The key no longer opens anything" }),
    onDone: () => setRevoking(null),
  });
  return (
    <Card
      title={owner ? "My API keys" : "API keys"}
      detail="for scripts and pipelines: send one as a bearer token"
      actions={
        <>
          <CheckboxLine checked={all} onChange={(event) => setAll(event.target.checked)}>
            revoked too
          </CheckboxLine>
          {mayCreate ? (
            <Button variant="primary" onClick={() => setCreating(true)}>
              Create a key
            </Button>
          ) : null}
        </>
      }
    >
      <PagedList
        query={query}
        title="The keys did not come"
        empty={
          <EmptyState
            title="No key yet"
            command='curl -H "Authorization: Bearer $WHARFINGER_KEY" <address>/api/v1/repositories'
          >
            Everything that a page does, a key can do through the API. Its address is described at{" "}
            <a href="/api/openapi.json" className="text-accent underline">
              /api/openapi.json
            </a>
            .
          </EmptyState>
        }
      >
        {(keys) => (
          <Table label="API keys">
            <thead>
              <tr>
                <HeadCell>Key</HeadCell>
                <HeadCell>May act as</HeadCell>
                <HeadCell className="hidden md:table-cell">Owner</HeadCell>
                <HeadCell className="hidden text-right sm:table-cell">Last used</HeadCell>
                <HeadCell className="hidden text-right sm:table-cell">Expires</HeadCell>
                <HeadCell>
                  <span className="sr-only">Deeds</span>
                </HeadCell>
              </tr>
            </thead>
            <tbody>
              {keys.map((key) => (
                <Row key={key.id}>
                  <Cell>
                    <span className="flex flex-wrap items-center gap-1.5">
                      <SafeText text={key.name} />
                      {key.state === "live" ? null : <Pill tone={stateTones[key.state]}>{key.state}</Pill>}
                    </span>
                    <code className="text-faint">{key.prefix}…</code>
                  </Cell>
                  <Cell>
                    {key.role} <span className="text-muted">{describePlace(key)}</span>
                  </Cell>
                  <Cell className="hidden text-muted md:table-cell">
                    {key.owner ?? (key.source === "environment" ? "the environment" : "nobody")}
                  </Cell>
                  <Cell className="hidden text-right sm:table-cell">
                    <RelativeTime at={key.lastUsedAt} />
                  </Cell>
                  <Cell className="hidden text-right sm:table-cell">
                    <RelativeTime at={key.expiresAt} />
                  </Cell>
                  <Cell className="text-right">
                    {key.state === "revoked" || key.source === "environment" || !mayRevoke ? null : (
                      <Button size="small" variant="ghost" onClick={() => setRevoking(key)}>
                        Revoke
                      </Button>
                    )}
                  </Cell>
                </Row>
              ))}
            </tbody>
          </Table>
        )}
      </PagedList>
      <NewApiKeyDialog open={creating} onClose={() => setCreating(false)} registries={registries} />
      <ConfirmDialog
        open={revoking !== null}
        onClose={() => setRevoking(null)}
        title={`Revoke ${revoking?.name ?? "the key"}?`}
        deed="Revoke the key"
        busy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoking && revoke.mutate(revoking.id)}
      >
        What uses it is refused from the next request on. This cannot be undone; create another key instead.
      </ConfirmDialog>
    </Card>
  );
}
