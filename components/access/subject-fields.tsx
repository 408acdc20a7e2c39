"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useId } from "react";
import type { GrantDraft } from "@/components/access/grant-draft";
import { principalsQuery } from "@/components/access/queries";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { useDelayed } from "@/components/ui/use-delayed";

const kinds: { kind: GrantDraft["kind"]; label: string; placeholder: string }[] = [
  { kind: "robot", label: "robot", placeholder: "ci-payments" },
  { kind: "workload", label: "workload", placeholder: "k8s-prod" },
  { kind: "user", label: "person", placeholder: "login" },
  { kind: "group", label: "group", placeholder: "as the identity provider calls it" },
  { kind: "everyone", label: "everyone", placeholder: "" },
  { kind: "signed-in", label: "everyone who signs in", placeholder: "" },
];

/** A kind and a name; names that are known are offered while one types. */
export function SubjectFields({
  draft,
  onChange,
  withoutBuiltIn = false,
}: {
  draft: Pick<GrantDraft, "kind" | "name">;
  onChange: (part: Pick<GrantDraft, "kind" | "name">) => void;
  /** Where everyone cannot be meant. */
  withoutBuiltIn?: boolean;
}) {
  const listId = useId();
  const chosen = kinds.find(({ kind }) => kind === draft.kind);
  const isNamed = draft.kind !== "everyone" && draft.kind !== "signed-in";
  const asked = useDelayed(draft.name.trim(), 150);
  const known = useInfiniteQuery({
    ...principalsQuery({ kind: draft.kind, q: asked, state: "live" }),
    enabled: isNamed,
  });
  const names = known.data?.pages[0]?.items.map(({ name }) => name) ?? [];
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Select
        name="kind"
        aria-label="Kind of principal"
        value={draft.kind}
        onChange={(event) => onChange({ kind: event.target.value as GrantDraft["kind"], name: draft.name })}
      >
        {kinds.slice(0, withoutBuiltIn ? 4 : undefined).map(({ kind, label }) => (
          <option key={kind} value={kind}>
            {label}
          </option>
        ))}
      </Select>
      {isNamed ? (
        <span className="min-w-0 flex-1 basis-44">
          <Input
            name="name"
            aria-label="Name of the principal"
            list={listId}
            placeholder={chosen?.placeholder}
            autoComplete="off"
            spellCheck={false}
            maxLength={190}
            value={draft.name}
            onChange={(event) => onChange({ kind: draft.kind, name: event.target.value })}
          />
          <datalist id={listId}>
            {names.slice(0, 20).map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </span>
      ) : null}
    </div>
  );
}
