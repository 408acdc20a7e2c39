"use client";

import X from "lucide-react/icons/x";
import { type FormEvent, useState } from "react";
import type { Protection } from "#lib/grants/schema";
import { draftPrincipal, type GrantDraft } from "@/components/access/grant-draft";
import { PrincipalName } from "@/components/access/principal-name";
import { formatPrincipalReference, parsePrincipalReference } from "@/components/access/principal-reference";
import { SubjectFields } from "@/components/access/subject-fields";
import { Button, IconButton } from "@/components/ui/button";
import { formatPlural } from "@/components/ui/format-bytes";

/** One protected pattern and who may push there. */
export function ProtectionRow({
  item,
  mayWrite,
  busy,
  suggested,
  onChange,
}: {
  item: Protection;
  mayWrite: boolean;
  busy: boolean;
  /** Whom a link proposes to name, as a reference; empty for nobody. */
  suggested: string;
  onChange: (pushers: string[]) => void;
}) {
  const proposal = parsePrincipalReference(suggested);
  const [naming, setNaming] = useState(proposal !== null && mayWrite);
  const [draft, setDraft] = useState<Pick<GrantDraft, "kind" | "name">>(
    proposal !== null && proposal.kind !== "built-in"
      ? { kind: proposal.kind, name: proposal.name }
      : { kind: "robot", name: "" },
  );
  const pushers = item.pushers.map(formatPrincipalReference);
  const added = draftPrincipal(draft);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (added === "" || pushers.includes(added)) return;
    onChange([...pushers, added]);
    setNaming(false);
    setDraft({ kind: "robot", name: "" });
  };
  return (
    <li className="flex flex-col gap-2 px-3.5 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <code className="font-semibold [overflow-wrap:anywhere]">{item.pattern}</code>
        <span className="text-faint">
          {formatPlural(item.repositoryCount, "repository", "repositories")} now
        </span>
        {mayWrite && !naming ? (
          <Button size="small" className="ml-auto" disabled={busy} onClick={() => setNaming(true)}>
            Name another
          </Button>
        ) : null}
      </div>
      <ul className="flex flex-wrap items-center gap-1.5">
        <li className="text-muted">Pushes and deletions by</li>
        {item.pushers.length === 0 ? <li className="font-semibold">nobody but promotions</li> : null}
        {item.pushers.map((pusher) => (
          <li
            key={pusher.id}
            className="inline-flex h-7 max-w-full items-center gap-0.5 rounded-control bg-sunken pr-0.5 pl-2"
          >
            <PrincipalName principal={pusher} link />
            {mayWrite ? (
              <IconButton
                label={`${pusher.name} may push here no longer`}
                disabled={busy}
                className="size-6"
                onClick={() => onChange(pushers.filter((each) => each !== formatPrincipalReference(pusher)))}
              >
                <X aria-hidden="true" className="size-3.5" />
              </IconButton>
            ) : null}
          </li>
        ))}
      </ul>
      {naming ? (
        <form onSubmit={submit} className="flex flex-wrap items-center gap-2 rounded-card bg-sunken/60 p-2.5">
          <SubjectFields draft={draft} onChange={setDraft} withoutBuiltIn />
          <Button type="submit" variant="primary" busy={busy} disabled={added === ""}>
            May push here
          </Button>
          <Button onClick={() => setNaming(false)}>Leave it</Button>
        </form>
      ) : null}
    </li>
  );
}
