"use client";

import { type FormEvent, useState } from "react";
import type { TrustRule } from "#lib/principals/schema";
import { hasPlaceholder, trustPresets } from "@/components/access/prepare-trust-presets";
import { accessKey, accessPaths } from "@/components/access/queries";
import { ApiError, describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { classNames } from "@/components/ui/class-names";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormFoot } from "@/components/ui/form-foot";
import { codeClasses, Input } from "@/components/ui/input";

const [firstPreset] = trustPresets;

/** Which tokens stand for a principal: an issuer, an audience and a subject, begun from a preset. */
export function NewTrustRuleDialog({
  open,
  onClose,
  principalId,
  principalName,
}: {
  open: boolean;
  onClose: () => void;
  principalId: string;
  principalName: string;
}) {
  const [key, setKey] = useState<string>(firstPreset?.key ?? "other");
  const [issuer, setIssuer] = useState(firstPreset?.issuer ?? "");
  const [subjectPattern, setSubjectPattern] = useState(firstPreset?.subjectPattern ?? "");
  const [audience, setAudience] = useState<string | null>(null);
  const [claims, setClaims] = useState("");
  // Tokens made for this console and nothing else.
  const audienceShown = audience ?? (typeof window === "undefined" ? "" : window.location.origin);
  const create = useDeed<Record<string, unknown>, TrustRule>({
    request: (body) => ({ path: `${accessPaths.principal(principalId)}/trust-rules`, method: "POST", body }),
    invalidates: [[...accessKey]],
    done: () => ({ tone: "good", title: `These tokens now stand for ${principalName}` }),
    onDone: onClose,
  });
  const error = create.error instanceof ApiError ? create.error : null;
  const preset = trustPresets.find((each) => each.key === key);
  const close = () => {
    create.reset();
    onClose();
  };
  const unfinished = hasPlaceholder(subjectPattern);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (unfinished) return;
    create.mutate({
      issuer: issuer.trim(),
      audience: audienceShown.trim(),
      subjectPattern: subjectPattern.trim(),
      claims: readClaims(claims),
    });
  };
  return (
    <Dialog
      open={open}
      onClose={close}
      title="Add a trust rule"
      description={`Tokens that fit it stand for ${principalName}.`}
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <fieldset className="flex flex-wrap gap-1.5">
          <legend className="sr-only">Begin from</legend>
          {trustPresets.map((each) => (
            <button
              key={each.key}
              type="button"
              aria-pressed={each.key === key}
              onClick={() => {
                setKey(each.key);
                setIssuer(each.issuer);
                setSubjectPattern(each.subjectPattern);
              }}
              className={classNames(
                "inline-flex h-6 items-center rounded-full border px-2.5 text-small",
                each.key === key
                  ? "border-accent bg-accent-soft font-medium text-accent"
                  : "border-line text-muted hover:border-line-strong hover:text-ink",
              )}
            >
              {each.label}
            </button>
          ))}
        </fieldset>
        <Field label="Issuer" hint="Exactly the iss claim." error={error?.fieldProblem("issuer")}>
          {(control) => (
            <Input
              {...control}
              required
              inputMode="url"
              className={codeClasses}
              autoComplete="off"
              spellCheck={false}
              value={issuer}
              onChange={(event) => setIssuer(event.target.value)}
            />
          )}
        </Field>
        <Field
          label="Subject"
          hint={
            <>
              {unfinished ? "Put your own names where the angle brackets are. " : null}
              {preset?.hint} <code>*</code> stands for anything but a slash or colon, <code>**</code> for
              anything.
            </>
          }
          error={error?.fieldProblem("subjectPattern")}
        >
          {(control) => (
            <Input
              {...control}
              required
              className={codeClasses}
              autoComplete="off"
              spellCheck={false}
              value={subjectPattern}
              onChange={(event) => setSubjectPattern(event.target.value)}
            />
          )}
        </Field>
        <Field
          label="Audience"
          hint="The job asks for a token made for this, and it is worth nothing elsewhere."
          error={error?.fieldProblem("audience")}
        >
          {(control) => (
            <Input
              {...control}
              required
              className={codeClasses}
              autoComplete="off"
              spellCheck={false}
              value={audienceShown}
              onChange={(event) => setAudience(event.target.value)}
            />
          )}
        </Field>
        <Field
          label="Further claims"
          optional
          hint="name=value, separated by commas: environment=production"
          error={error?.fieldProblem("claims")}
        >
          {(control) => (
            <Input
              {...control}
              className={codeClasses}
              autoComplete="off"
              spellCheck={false}
              value={claims}
              onChange={(event) => setClaims(event.target.value)}
            />
          )}
        </Field>
        <FormFoot
          problem={create.error ? describeError(create.error) : null}
          busy={create.isPending}
          disabled={unfinished}
          onCancel={close}
        >
          Trust these tokens
        </FormFoot>
      </form>
    </Dialog>
  );
}

function readClaims(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part.includes("="))
      .map((part) => [part.slice(0, part.indexOf("=")).trim(), part.slice(part.indexOf("=") + 1).trim()]),
  );
}
