"use client";

import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useDeferredValue, useEffect, useRef } from "react";
import type { RegistryChoice } from "@/components/access/access-rights";
import {
  type DraftAction,
  draftPrincipal,
  findDraftProblem,
  type GrantDraft,
  toGrantBody,
} from "@/components/access/grant-draft";
import { GrantPreviewCard } from "@/components/access/grant-preview-card";
import { grantPreviewQuery } from "@/components/access/queries";
import { SubjectFields } from "@/components/access/subject-fields";
import { ApiError, describeError } from "@/components/query/api-error";
import { Button, ButtonLink } from "@/components/ui/button";
import { CheckboxLine } from "@/components/ui/checkbox";
import { codeClasses, Input } from "@/components/ui/input";
import { RegistrySelect } from "@/components/ui/registry-select";
import { useDelayed } from "@/components/ui/use-delayed";

const actionWords: { action: DraftAction; label: string; about: string }[] = [
  { action: "pull", label: "pull", about: "" },
  { action: "push", label: "push", about: "includes pull" },
  { action: "delete", label: "delete", about: "" },
];

/** A grant as a sentence that is read downwards, and beside it what it will do. */
export function GrantEditor({
  title,
  deed,
  draft,
  onChange,
  registries,
  fixed,
  mayWrite,
  focus,
  busy,
  error,
  onSubmit,
  cancelHref,
}: {
  title: string;
  deed: string;
  draft: GrantDraft;
  onChange: (draft: GrantDraft) => void;
  registries: RegistryChoice[];
  /** A grant that exists keeps its principal and its registry. */
  fixed?: { id: string };
  mayWrite: boolean;
  /** The field that the link is about. */
  focus: string | null;
  busy: boolean;
  error: Error | null;
  onSubmit: () => void;
  cancelHref: string;
}) {
  const form = useRef<HTMLFormElement>(null);
  const problem = findDraftProblem(draft);
  const body = problem === null ? toGrantBody(draft) : null;
  const asked = useDelayed(useDeferredValue(JSON.stringify(body)), 250);
  const preview = useQuery({
    ...grantPreviewQuery(asked === "null" ? null : { ...JSON.parse(asked), changes: fixed?.id }),
    // Only who may write a grant may ask what it would do.
    enabled: mayWrite && asked !== "null",
  });
  const refusal = error instanceof ApiError ? error : null;
  const isCatalog = draft.actions.includes("catalog");
  const change = (part: Partial<GrantDraft>) => onChange({ ...draft, ...part });
  useEffect(() => {
    if (focus === null || !/^[a-z]+$/.test(focus)) return;
    form.current?.querySelector<HTMLElement>(`[name="${focus}"]`)?.focus();
  }, [focus]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (problem !== null) {
      form.current?.querySelector<HTMLElement>(`[name="${problem.field}"]`)?.focus();
      return;
    }
    onSubmit();
  };
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_minmax(20rem,26rem)]">
      <form
        ref={form}
        noValidate
        onSubmit={submit}
        aria-label={title}
        className="min-w-0 rounded-card border border-line bg-surface"
      >
        <h2 className="border-b border-line px-3.5 py-2.5 font-semibold">{title}</h2>
        <Line word="who" error={refusal?.fieldProblem("principal")}>
          {fixed ? (
            <p className="py-1.5 font-semibold">{draftPrincipal(draft)}</p>
          ) : (
            <SubjectFields draft={draft} onChange={change} />
          )}
        </Line>
        <Line word="may" error={refusal?.fieldProblem("actions")}>
          <fieldset className="flex flex-wrap gap-x-5">
            <legend className="sr-only">What it allows</legend>
            {isCatalog && fixed
              ? null
              : actionWords.map(({ action, label, about }) => {
                  const included = action === "pull" && draft.actions.includes("push");
                  return (
                    <CheckboxLine
                      key={action}
                      name="actions"
                      checked={!isCatalog && (included || draft.actions.includes(action))}
                      disabled={isCatalog || included || isPullOnly(draft, action)}
                      onChange={(event) =>
                        change({ actions: toggle(draft.actions, action, event.target.checked) })
                      }
                    >
                      <span className="font-medium">{label}</span>{" "}
                      <span className="text-small text-faint">{about}</span>
                    </CheckboxLine>
                  );
                })}
            {fixed ? null : (
              <CheckboxLine
                checked={isCatalog}
                onChange={(event) => change({ actions: event.target.checked ? ["catalog"] : ["pull"] })}
              >
                only list the names of all repositories
              </CheckboxLine>
            )}
            {fixed && isCatalog ? <p className="py-1">list the names of all repositories</p> : null}
          </fieldset>
        </Line>
        <Line word="in" error={refusal?.fieldProblem("registry") ?? refusal?.fieldProblem("pattern")}>
          <div className="flex flex-wrap items-center gap-2">
            {isCatalog ? null : (
              <span className="min-w-0 flex-1 basis-52">
                <Input
                  name="pattern"
                  aria-label="Repositories"
                  aria-describedby="pattern-hint"
                  aria-invalid={refusal?.fieldProblem("pattern") ? true : undefined}
                  className={codeClasses}
                  placeholder="payments/**"
                  autoComplete="off"
                  spellCheck={false}
                  maxLength={255}
                  value={draft.pattern}
                  onChange={(event) => change({ pattern: event.target.value })}
                />
              </span>
            )}
            <span className="text-muted">{isCatalog ? "" : "of"}</span>
            {fixed ? (
              <span className="font-semibold">{draft.registry}</span>
            ) : (
              <RegistrySelect
                registries={registries}
                name="registry"
                value={draft.registry}
                onSlug={(registry) => change({ registry })}
              />
            )}
          </div>
          {isCatalog ? null : (
            <p id="pattern-hint" className="pt-1 text-small text-faint">
              An exact name, <code>team/*</code> for one level below, <code>team/**</code> for any depth.
            </p>
          )}
        </Line>
        <Line word="until" error={refusal?.fieldProblem("expiresAt")}>
          <div className="flex flex-wrap items-center gap-2">
            <span className="w-40">
              <Input
                type="date"
                name="until"
                aria-label="Until and including this day"
                value={draft.until}
                onChange={(event) => change({ until: event.target.value })}
              />
            </span>
            {draft.until === "" ? (
              <span className="text-muted">for ever</span>
            ) : (
              <Button size="small" variant="ghost" onClick={() => change({ until: "" })}>
                for ever instead
              </Button>
            )}
          </div>
        </Line>
        <Line word="because" error={refusal?.fieldProblem("reason")}>
          <Input
            name="reason"
            aria-label="Reason"
            placeholder="what somebody will want to know in a year"
            autoComplete="off"
            maxLength={500}
            value={draft.reason}
            onChange={(event) => change({ reason: event.target.value })}
          />
        </Line>
        <div className="flex flex-wrap items-center gap-2 border-t border-line px-3.5 py-3">
          {mayWrite ? (
            <Button type="submit" variant="primary" busy={busy}>
              {deed}
            </Button>
          ) : (
            <p className="text-muted">
              You may not write grants. Send this address to somebody who may, or ask for access under My
              access.
            </p>
          )}
          <ButtonLink href={cancelHref} prefetch={false}>
            Leave it
          </ButtonLink>
          {problem && draft.pattern + draft.name !== "" ? (
            <p className="text-small text-faint">{problem.text}</p>
          ) : null}
          {error ? (
            <p role="alert" className="w-full text-danger">
              {describeError(error)}
            </p>
          ) : null}
        </div>
      </form>
      <GrantPreviewCard
        draft={draft}
        complete={problem === null}
        changing={fixed !== undefined}
        query={preview}
      />
    </div>
  );
}

/** Everyone and whoever signs in can only ever pull. */
function isPullOnly(draft: GrantDraft, action: DraftAction): boolean {
  return (draft.kind === "everyone" || draft.kind === "signed-in") && action !== "pull";
}

function toggle(actions: readonly DraftAction[], action: DraftAction, on: boolean): DraftAction[] {
  const rest = actions.filter((each) => each !== action && each !== "catalog");
  return on ? [...rest, action] : rest;
}

function Line({
  word,
  error,
  children,
}: {
  word: string;
  error: string | undefined;
  children: React.ReactNode;
}) {
  return (
    <div className="grid gap-x-3 gap-y-1 border-b border-line px-3.5 py-2.5 last:border-b-0 sm:grid-cols-[4.5rem_minmax(0,1fr)]">
      <span className="pt-1.5 text-muted">{word}</span>
      <div className="min-w-0">
        {children}
        {error ? (
          <p role="alert" className="pt-1 text-small text-danger">
            {error}
          </p>
        ) : null}
      </div>
    </div>
  );
}
