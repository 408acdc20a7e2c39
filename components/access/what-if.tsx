"use client";

import { useQuery } from "@tanstack/react-query";
import Check from "lucide-react/icons/check";
import X from "lucide-react/icons/x";
import Link from "next/link";
import { useState } from "react";
import { type AccessCheck, accessActions } from "#lib/grants/schema";
import type { AccessRights, RegistryChoice } from "@/components/access/access-rights";
import { draftPrincipal, grantDraftHref, grantHref } from "@/components/access/grant-draft";
import { accessCheckQuery } from "@/components/access/queries";
import { RepositoryField } from "@/components/access/repository-field";
import { SubjectFields } from "@/components/access/subject-fields";
import { toCheckBody, type WhoCanView } from "@/components/access/who-can-view";
import { describeError } from "@/components/query/api-error";
import { toSearch } from "@/components/query/fetch-json";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { RegistrySelect } from "@/components/ui/registry-select";
import { SafeText } from "@/components/ui/safe-text";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { useDelayed } from "@/components/ui/use-delayed";

/** One question, as a person would ask it, and its answer with the reason. */
export function WhatIf({
  view: fromAddress,
  registries,
  rights,
  onChange,
}: {
  view: WhoCanView;
  registries: RegistryChoice[];
  rights: AccessRights;
  /** Writes the question into the address. */
  onChange: (view: WhoCanView) => void;
}) {
  const [view, setView] = useState(fromAddress);
  const change = (part: Partial<WhoCanView>) => {
    const next = { ...view, ...part };
    setView(next);
    onChange(next);
  };
  const asked = useDelayed(JSON.stringify(toCheckBody(view)), 200);
  const query = useQuery(accessCheckQuery(asked === "null" ? null : JSON.parse(asked)));
  return (
    <Card>
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-2 border-b border-line px-3.5 py-3">
        <span className="text-muted">May</span>
        <SubjectFields draft={view} onChange={change} />
        <Select
          aria-label="Action"
          value={view.action}
          onChange={(event) => change({ action: event.target.value as WhoCanView["action"] })}
        >
          {accessActions.map((action) => (
            <option key={action}>{action}</option>
          ))}
        </Select>
        <RepositoryField
          registry={view.registry}
          value={view.repository}
          onChange={(repository) => change({ repository })}
        />
        <span className="text-muted">in</span>
        <RegistrySelect
          registries={registries}
          value={view.registry}
          onSlug={(registry) => change({ registry })}
        />
        <span className="text-muted">?</span>
      </div>
      <div aria-live="polite" className="min-h-24 px-3.5 py-4">
        {asked === "null" ? (
          <p className="text-muted">Say who and which repository: the answer comes with its reason.</p>
        ) : query.data ? (
          <div className="flex flex-col gap-2">
            <p className="flex items-center gap-2 text-lead font-semibold">
              {query.data.allowed ? (
                <>
                  <Check aria-hidden="true" className="size-4.5 text-good" /> Yes
                </>
              ) : (
                <>
                  <X aria-hidden="true" className="size-4.5 text-danger" /> No
                </>
              )}
            </p>
            <p>
              <SafeText text={query.data.because} clip={false} />
            </p>
            {query.data.grantId ? (
              <p>
                <Link
                  href={grantHref(query.data.grantId)}
                  prefetch={false}
                  className="text-accent hover:underline"
                >
                  Open the grant
                </Link>
              </p>
            ) : null}
            <Mend view={view} refusal={query.data.refusal} rights={rights} />
          </div>
        ) : query.isError ? (
          <p role="alert" className="text-danger">
            {describeError(query.error)}
          </p>
        ) : (
          <Skeleton className="h-5 w-72 max-w-full" />
        )}
      </div>
    </Card>
  );
}

/** The way to what is missing, for who may give it. */
function Mend({
  view,
  refusal,
  rights,
}: {
  view: WhoCanView;
  refusal: AccessCheck["refusal"];
  rights: AccessRights;
}) {
  const place = { registry: view.registry, repository: view.repository.trim() };
  if (refusal === "protected" && rights.protect)
    return (
      <p>
        <ButtonLink
          prefetch={false}
          href={`/access/protected${toSearch({ ...place, pusher: draftPrincipal(view) })}`}
        >
          Name who may push there
        </ButtonLink>
      </p>
    );
  if ((refusal === "no-grant" || refusal === "expired-grant") && rights.write)
    return (
      <p>
        <ButtonLink
          prefetch={false}
          href={grantDraftHref({
            principal: draftPrincipal(view),
            registry: place.registry,
            pattern: place.repository,
            actions: [view.action],
          })}
        >
          Prepare the missing grant
        </ButtonLink>
      </p>
    );
  return null;
}
