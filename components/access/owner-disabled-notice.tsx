"use client";

import { useState } from "react";
import type { AccessPrincipal } from "#lib/principals/schema";
import { ChangePrincipalDialog } from "@/components/access/change-principal-dialog";
import { accessKey, accessPaths } from "@/components/access/queries";
import { describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { Button } from "@/components/ui/button";
import { SafeText } from "@/components/ui/safe-text";

/** Whoever answered for it has left, and it works on: one click takes it over. */
export function OwnerDisabledNotice({ principal, login }: { principal: AccessPrincipal; login: string }) {
  const [naming, setNaming] = useState(false);
  const take = useDeed<void>({
    request: () => ({ path: accessPaths.principal(principal.id), method: "PATCH", body: { owner: login } }),
    invalidates: [[...accessKey]],
    done: () => ({ title: `You answer for ${principal.name}` }),
  });
  return (
    <section
      aria-label="Nobody answers for it"
      className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-control bg-warn-soft px-3 py-2 text-small text-warn"
    >
      <p className="min-w-0 flex-1 basis-64 break-words">
        The account of <SafeText text={principal.owner ?? ""} clip={false} className="font-semibold" /> is
        disabled. This {principal.kind} goes on working with its secrets and trust rules, and nobody answers
        for it.
        {principal.allowed.change ? null : " Whoever may write access everywhere can name a new owner."}
        {take.error ? <span role="alert"> {describeError(take.error)}</span> : null}
      </p>
      {principal.allowed.change ? (
        <>
          <Button size="small" busy={take.isPending} onClick={() => take.mutate()}>
            Answer for it yourself
          </Button>
          <Button size="small" variant="ghost" onClick={() => setNaming(true)}>
            Name somebody else
          </Button>
          <ChangePrincipalDialog open={naming} onClose={() => setNaming(false)} principal={principal} />
        </>
      ) : null}
    </section>
  );
}
