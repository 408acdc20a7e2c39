"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import type { AccessGrant, ChangeGrantBody, CreateGrantBody } from "#lib/grants/schema";
import { AccessFrame } from "@/components/access/access-frame";
import type { AccessRights, RegistryChoice } from "@/components/access/access-rights";
import {
  changeGrantHref,
  draftOfGrant,
  grantDraftHref,
  grantHref,
  parseGrantDraft,
  proposeChange,
  toGrantBody,
} from "@/components/access/grant-draft";
import { GrantEditor } from "@/components/access/grant-editor";
import { NoRegistry } from "@/components/access/no-registry";
import { accessKey, accessPaths, grantQuery } from "@/components/access/queries";
import { describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { ErrorState } from "@/components/ui/error-state";
import { Skeleton } from "@/components/ui/skeleton";

/** Writes a new grant; a link can fill all of it in. */
export function NewGrantPage({ registries, rights }: { registries: RegistryChoice[]; rights: AccessRights }) {
  const router = useRouter();
  const search = useSearchParams();
  const slugs = registries.map(({ slug }) => slug);
  // Kept here and written into the address: a field that waited for the address would lose letters.
  const [draft, setDraft] = useState(() => parseGrantDraft(new URLSearchParams(search), slugs));
  const create = useDeed<CreateGrantBody, AccessGrant>({
    request: (body) => ({ path: accessPaths.grants, method: "POST", body }),
    invalidates: [[...accessKey]],
    done: () => ({
      tone: "good",
      title: "The grant is in force",
      detail: "It counts from the next token on.",
    }),
    onDone: (grant) => router.push(grantHref(grant.id)),
  });
  return (
    <AccessFrame current="grants" rights={rights} editing>
      {registries.length === 0 ? (
        <NoRegistry />
      ) : (
        <GrantEditor
          title="A new grant"
          deed="Write the grant"
          draft={draft}
          onChange={(next) => {
            setDraft(next);
            window.history.replaceState(null, "", grantDraftHref(next));
          }}
          registries={registries}
          mayWrite={rights.write}
          focus={search.get("focus")}
          busy={create.isPending}
          error={create.error}
          onSubmit={() => create.mutate(toGrantBody(draft))}
          cancelHref="/access/grants"
        />
      )}
    </AccessFrame>
  );
}

/** Changes a grant. What the address says goes before what is stored, so that a link can propose a change. */
export function ChangeGrantPage({
  id,
  registries,
  rights,
}: {
  id: string;
  registries: RegistryChoice[];
  rights: AccessRights;
}) {
  const query = useQuery(grantQuery(id));
  return (
    <AccessFrame current="grants" rights={rights} editing>
      {query.data ? (
        <ChangeGrant key={query.data.updatedAt} grant={query.data} registries={registries} />
      ) : query.isError ? (
        <ErrorState title="This grant cannot be shown" onRetry={() => void query.refetch()}>
          {describeError(query.error)}
        </ErrorState>
      ) : (
        <Skeleton className="h-64 w-full" />
      )}
    </AccessFrame>
  );
}

function ChangeGrant({ grant, registries }: { grant: AccessGrant; registries: RegistryChoice[] }) {
  const router = useRouter();
  const search = useSearchParams();
  const stored = draftOfGrant(grant);
  const [draft, setDraft] = useState(() => proposeChange(stored, new URLSearchParams(search)));
  const change = useDeed<ChangeGrantBody, AccessGrant>({
    request: (body) => ({ path: accessPaths.grant(grant.id), method: "PATCH", body }),
    invalidates: [[...accessKey]],
    done: () => ({
      tone: "good",
      title: "The grant was changed",
      detail: "It counts from the next token on.",
    }),
    onDone: () => router.push(grantHref(grant.id)),
  });
  const body = toGrantBody(draft);
  const actions = body.actions.flatMap((action) => (action === "catalog" ? [] : [action]));
  return (
    <GrantEditor
      title="Change the grant"
      deed="Change the grant"
      draft={draft}
      onChange={(next) => {
        setDraft(next);
        window.history.replaceState(null, "", changeGrantHref(grant.id, stored, next));
      }}
      registries={registries}
      fixed={{ id: grant.id }}
      mayWrite={grant.allowed.change}
      focus={search.get("focus")}
      busy={change.isPending}
      error={change.error}
      onSubmit={() =>
        change.mutate({
          pattern: body.pattern ?? undefined,
          actions: actions.length > 0 ? actions : undefined,
          reason: body.reason,
          // A stored time that was not touched keeps its hour.
          expiresAt: draft.until === stored.until ? grant.expiresAt : body.expiresAt,
        })
      }
      cancelHref={grantHref(grant.id)}
    />
  );
}
