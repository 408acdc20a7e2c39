"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import type { AccessGrant } from "#lib/grants/schema";
import { AccessFrame } from "@/components/access/access-frame";
import type { AccessRights } from "@/components/access/access-rights";
import { grantHref } from "@/components/access/grant-draft";
import { GrantSentence } from "@/components/access/grant-sentence";
import { grantStateTones } from "@/components/access/grant-table";
import { PrincipalName } from "@/components/access/principal-name";
import { accessKey, accessPaths, grantQuery } from "@/components/access/queries";
import { ApiError, describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { Button, ButtonLink } from "@/components/ui/button";
import { Card, Facts } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { ExactTime } from "@/components/ui/exact-time";
import { formatCount } from "@/components/ui/format-bytes";
import { Pill } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { Skeleton } from "@/components/ui/skeleton";

const sources: Record<string, string> = {
  console: "written here",
  document: "from the document of grants",
  request: "from an approved request",
  suggestion: "from a suggestion",
};

/** One grant: the sentence, how it is used, and what can be done with it. */
export function GrantPage({ id, rights }: { id: string; rights: AccessRights }) {
  const query = useQuery(grantQuery(id));
  return (
    <AccessFrame current="grants" rights={rights}>
      {query.data ? (
        <GrantCard grant={query.data} />
      ) : query.isError ? (
        <ErrorState
          title="This grant cannot be shown"
          requestId={query.error instanceof ApiError ? query.error.requestId : null}
          onRetry={() => void query.refetch()}
        >
          {describeError(query.error)}
        </ErrorState>
      ) : (
        <Skeleton className="h-64 w-full" />
      )}
    </AccessFrame>
  );
}

function GrantCard({ grant }: { grant: AccessGrant }) {
  const [revoking, setRevoking] = useState(false);
  const restore = useDeed<void, AccessGrant>({
    request: () => ({ path: accessPaths.restore(grant.id), method: "POST" }),
    invalidates: [[...accessKey]],
    done: () => ({ tone: "good", title: "The grant is in force again" }),
  });
  const revoke = useDeed<void>({
    request: () => ({ path: accessPaths.grant(grant.id), method: "DELETE" }),
    invalidates: [[...accessKey]],
    done: () => ({
      title: "The grant was revoked",
      detail: "Tokens already given out live up to 6 minutes.",
    }),
    onDone: () => setRevoking(false),
  });
  const mayChange = grant.allowed.change && grant.state !== "revoked";
  return (
    <div className="flex max-w-4xl flex-col gap-4">
      <Card
        title="The grant in words"
        detail={
          <Pill tone={grantStateTones[grant.state]}>{grant.state === "live" ? "in force" : grant.state}</Pill>
        }
      >
        <p className="px-3.5 py-3.5 text-lead">
          <GrantSentence {...grant} />
          {grant.expiresAt === null && grant.state === "live" ? (
            <span className="text-faint"> It has no end.</span>
          ) : null}
        </p>
        {grant.allowed.change && grant.state === "revoked" ? (
          <div className="flex flex-wrap items-center gap-2 border-t border-line px-3.5 py-3">
            <Button variant="primary" busy={restore.isPending} onClick={() => restore.mutate()}>
              Put it back
            </Button>
            <p className="text-small text-faint">It gives nothing as long as it is revoked.</p>
          </div>
        ) : null}
        {restore.error ? (
          <p role="alert" className="px-3.5 pb-3 text-danger">
            {describeError(restore.error)}
          </p>
        ) : null}
        {mayChange ? (
          <div className="flex flex-wrap gap-2 border-t border-line px-3.5 py-3">
            <ButtonLink href={`${grantHref(grant.id)}/edit`} variant="primary" prefetch={false}>
              Change it
            </ButtonLink>
            {grant.actions.some((action) => action === "push" || action === "delete") ? (
              <ButtonLink href={`${grantHref(grant.id)}/edit?actions=pull`} prefetch={false}>
                Narrow to pull
              </ButtonLink>
            ) : null}
            {grant.expiresAt === null ? (
              <ButtonLink href={`${grantHref(grant.id)}/edit?focus=until`} prefetch={false}>
                Add an expiry
              </ButtonLink>
            ) : null}
            <Button onClick={() => setRevoking(true)}>Revoke</Button>
          </div>
        ) : null}
      </Card>
      <Card title="How it is used">
        <Facts
          facts={[
            { label: "Last used", value: <RelativeTime at={grant.lastUsedAt} /> },
            {
              label: "Uses",
              value: grant.useCount === 0 ? "none" : `${formatCount(grant.useCount)} tokens given through it`,
            },
          ]}
        />
      </Card>
      <Card title="Record">
        <Facts
          facts={[
            { label: "For", value: <PrincipalName principal={grant.principal} link /> },
            {
              label: "Covers",
              value:
                grant.pattern === null ? (
                  "the list of all repositories"
                ) : (
                  <Link
                    href={`/access?registry=${encodeURIComponent(grant.registry)}`}
                    className="font-mono hover:underline"
                  >
                    {grant.registry}/{grant.pattern}
                  </Link>
                ),
            },
            {
              label: "Ends",
              value: grant.expiresAt ? (
                <ExactTime at={grant.expiresAt} className="" />
              ) : (
                <span className="text-faint">never</span>
              ),
            },
            {
              label: "Written",
              value: (
                <>
                  <ExactTime at={grant.createdAt} className="" /> by{" "}
                  <SafeText text={grant.createdBy} clip={false} />, {sources[grant.source] ?? grant.source}
                </>
              ),
            },
            { label: "Last changed", value: <RelativeTime at={grant.updatedAt} /> },
            { label: "Number", value: <code className="select-all">{grant.id}</code> },
          ]}
        />
      </Card>
      <ConfirmDialog
        open={revoking}
        onClose={() => {
          revoke.reset();
          setRevoking(false);
        }}
        title="Revoke this grant?"
        deed="Revoke the grant"
        busy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoke.mutate()}
      >
        <p>
          <GrantSentence {...grant} />
        </p>
        <p className="mt-2">
          {grant.useCount === 0
            ? "It was never used."
            : `It was used ${formatCount(grant.useCount)} times. What uses it is refused at the next sign-in; a token already given out can live 6 minutes.`}{" "}
          It stays in the list of revoked grants and can be put back.
        </p>
      </ConfirmDialog>
    </div>
  );
}
