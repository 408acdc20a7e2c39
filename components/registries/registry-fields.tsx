"use client";

import type { ReactNode } from "react";
import type { ApiError } from "@/components/query/api-error";
import { describeInterval } from "@/components/registries/describe-sync";
import type { RegistryDraft } from "@/components/registries/registry-draft";
import { classNames } from "@/components/ui/class-names";
import { Field } from "@/components/ui/field";
import { codeClasses, Input, Textarea } from "@/components/ui/input";
import { Select } from "@/components/ui/select";

export interface FieldsProps {
  draft: RegistryDraft;
  change: (part: Partial<RegistryDraft>) => void;
  error: ApiError | null;
}

/** A step of the form: what it is about at the left, its fields at the right. */
export function FormSection({
  title,
  about,
  children,
}: {
  title: string;
  about: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="grid gap-x-8 gap-y-3 border-b border-line px-4 py-5 last:border-b-0 md:grid-cols-[13rem_minmax(0,1fr)]">
      <div>
        <h2 className="font-semibold">{title}</h2>
        <p className="mt-0.5 text-small text-muted">{about}</p>
      </div>
      <div className="flex min-w-0 max-w-xl flex-col gap-4">{children}</div>
    </section>
  );
}

/** What is wrong in a list: which entry, and why. */
function entryProblem(error: ApiError | null, field: string, text: string): string | undefined {
  const whole = error?.fieldProblem(field);
  if (whole) return whole;
  const found = error?.fields.find((each) => each.field.startsWith(`${field}.`));
  if (!found) return undefined;
  const entry = text.split(/[\s,]+/).filter(Boolean)[Number(found.field.slice(field.length + 1))];
  return entry === undefined ? found.message : `${entry}: ${found.message}`;
}

export function CredentialFields({ draft, change, error }: FieldsProps) {
  const isBasic = draft.credentialKind === "basic";
  return (
    <>
      <Field label="Kind" error={error?.fieldProblem("credentialKind")}>
        {(control) => (
          <Select
            {...control}
            value={draft.credentialKind}
            onChange={(event) =>
              change({
                credentialKind: event.target.value as RegistryDraft["credentialKind"],
                // A stored secret belongs to the kind that it was given for.
                secret: "",
              })
            }
          >
            <option value="none">none, the registry asks for no login</option>
            <option value="basic">user name and password</option>
            <option value="token">a token</option>
          </Select>
        )}
      </Field>
      {isBasic ? (
        <Field label="User name" error={error?.fieldProblem("username")}>
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              spellCheck={false}
              value={draft.username}
              onChange={(event) => change({ username: event.target.value })}
            />
          )}
        </Field>
      ) : null}
      {draft.credentialKind === "none" ? null : (
        <SecretField
          label={isBasic ? "Password" : "Token"}
          error={error?.fieldProblem("secret")}
          secret={draft.secret}
          onChange={(secret) => change({ secret })}
        />
      )}
      {draft.pinnedRealm === null ? null : (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-small">
          <span className="text-muted [overflow-wrap:anywhere]">
            Confirmed token service: <code>{draft.pinnedRealm}</code>
          </span>
          <button
            type="button"
            className="text-accent hover:underline"
            onClick={() => change({ pinnedRealm: null })}
          >
            Forget it
          </button>
          {error?.fieldProblem("pinnedRealm") ? (
            <p role="alert" className="text-danger">
              {error.fieldProblem("pinnedRealm")}
            </p>
          ) : null}
        </div>
      )}
    </>
  );
}

function SecretField({
  label,
  secret,
  error,
  onChange,
}: {
  label: string;
  secret: string | null;
  error: string | undefined;
  onChange: (secret: string) => void;
}) {
  if (secret === null)
    return (
      <div className="flex flex-col gap-1">
        <p className="text-small font-medium">{label}</p>
        <p className="flex h-8 items-center gap-3 text-muted">
          stored, encrypted
          <button type="button" className="text-accent hover:underline" onClick={() => onChange("")}>
            Replace the {label.toLowerCase()}
          </button>
        </p>
        {error ? (
          <p role="alert" className="text-small text-danger">
            {error}
          </p>
        ) : null}
      </div>
    );
  return (
    <Field label={label} hint="Stored encrypted, and never shown again." error={error}>
      {(control) => (
        <Input
          {...control}
          type="password"
          autoComplete="new-password"
          value={secret}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

export function CaField({ draft, change, error }: FieldsProps) {
  // Plain HTTP has no certificate to check.
  if (draft.url.trim().toLowerCase().startsWith("http://") && !error?.fieldProblem("caPem")) return null;
  if (draft.caPem === null)
    return (
      <div className="flex flex-col gap-1">
        <p className="text-small font-medium">Own CA</p>
        <p className="flex h-8 items-center gap-3 text-muted">
          one is given
          <button type="button" className="text-accent hover:underline" onClick={() => change({ caPem: "" })}>
            Replace or remove it
          </button>
        </p>
      </div>
    );
  return (
    <Field
      label="Own CA"
      optional
      hint="PEM text. Only where the certificate is not signed by a public authority."
      error={error?.fieldProblem("caPem")}
    >
      {(control) => (
        <Textarea
          {...control}
          spellCheck={false}
          rows={3}
          className={codeClasses}
          placeholder="-----BEGIN CERTIFICATE-----"
          value={draft.caPem ?? ""}
          onChange={(event) => change({ caPem: event.target.value })}
        />
      )}
    </Field>
  );
}

export function RepositoryFields({ draft, change, error }: FieldsProps) {
  return (
    <>
      <Field label="Repository names come from" error={error?.fieldProblem("repositorySource")}>
        {(control) => (
          <Select
            {...control}
            value={draft.repositorySource}
            onChange={(event) =>
              change({ repositorySource: event.target.value as RegistryDraft["repositorySource"] })
            }
          >
            <option value="catalog">its catalogue</option>
            <option value="list">a list that you give</option>
            <option value="events">its notifications</option>
          </Select>
        )}
      </Field>
      <Field
        label={draft.repositorySource === "list" ? "Repositories" : "Repositories besides"}
        optional={draft.repositorySource !== "list"}
        hint="One name on each line. They are read too, whatever else the names come from."
        error={entryProblem(error, "repositoryNames", draft.repositoryNames)}
      >
        {(control) => (
          <Textarea
            {...control}
            spellCheck={false}
            rows={3}
            className={codeClasses}
            placeholder={"team/api\nteam/web"}
            value={draft.repositoryNames}
            onChange={(event) => change({ repositoryNames: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="Protected"
        optional
        hint="Names, or a path with /* (one level) or /** (any depth). Deleting in them asks for the name to be typed."
        error={entryProblem(error, "protectedPatterns", draft.protectedPatterns)}
      >
        {(control) => (
          <Textarea
            {...control}
            spellCheck={false}
            rows={2}
            className={classNames(codeClasses, "min-h-14")}
            placeholder="prod/**"
            value={draft.protectedPatterns}
            onChange={(event) => change({ protectedPatterns: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}

const intervals = [0, 5, 15, 30, 60, 360, 720, 1_440];

export function PaceFields({ draft, change, error }: FieldsProps) {
  const choices = [...new Set([...intervals, draft.syncEveryMinutes])].sort((a, b) => a - b);
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field
        label="Look for changes"
        hint="Rarer by itself while notifications arrive."
        error={error?.fieldProblem("syncEveryMinutes")}
      >
        {(control) => (
          <Select
            {...control}
            value={draft.syncEveryMinutes}
            onChange={(event) => change({ syncEveryMinutes: Number(event.target.value) })}
          >
            {choices.map((minutes) => (
              <option key={minutes} value={minutes}>
                {describeInterval(minutes)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field
        label="Request limit"
        optional
        hint="Requests each second. Empty means no limit."
        error={error?.fieldProblem("requestsPerSecond")}
      >
        {(control) => (
          <Input
            {...control}
            type="number"
            inputMode="numeric"
            min={1}
            max={10_000}
            step={1}
            placeholder="no limit"
            value={draft.requestsPerSecond}
            onChange={(event) => change({ requestsPerSecond: event.target.value })}
          />
        )}
      </Field>
    </div>
  );
}
