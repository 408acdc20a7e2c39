"use client";

import { type FormEvent, useState } from "react";
import type { AccessAction, CreateAccessRequestBody } from "#lib/grants/schema";
import type { RegistryChoice } from "@/components/access/access-rights";
import { accessKey, accessPaths } from "@/components/access/queries";
import { ApiError, describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormFoot } from "@/components/ui/form-foot";
import { codeClasses, Input } from "@/components/ui/input";
import { RegistrySelect } from "@/components/ui/registry-select";
import { Select } from "@/components/ui/select";

const choices: { value: string; label: string; actions: AccessAction[] }[] = [
  { value: "pull", label: "pull", actions: ["pull"] },
  { value: "push", label: "push and pull", actions: ["push"] },
  { value: "delete", label: "push, pull and delete", actions: ["push", "delete"] },
];

/** Asks somebody who may give it for access, in the same words as a grant. */
export function AskForAccessDialog({
  open,
  onClose,
  registries,
  given,
}: {
  open: boolean;
  onClose: () => void;
  registries: RegistryChoice[];
  /** What the address fills in. */
  given: Pick<URLSearchParams, "get">;
}) {
  const [registry, setRegistry] = useState(given.get("registry") ?? registries[0]?.slug ?? "");
  const [pattern, setPattern] = useState(given.get("pattern") ?? "");
  const [what, setWhat] = useState(given.get("actions") ?? "pull");
  const [reason, setReason] = useState("");
  const ask = useDeed<CreateAccessRequestBody>({
    request: (body) => ({ path: accessPaths.requests, method: "POST", body }),
    invalidates: [[...accessKey]],
    done: () => ({ tone: "good", title: "Your request waits for a decision" }),
    onDone: () => {
      setPattern("");
      setReason("");
      onClose();
    },
  });
  const error = ask.error instanceof ApiError ? ask.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const actions = choices.find(({ value }) => value === what)?.actions ?? ["pull"];
    ask.mutate({ registry, pattern: pattern.trim(), actions, reason: reason.trim() });
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Ask for access"
      description="It is for you personally. For a pipeline ask for a robot."
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="I want to" error={error?.fieldProblem("actions")}>
            {(control) => (
              <Select {...control} value={what} onChange={(event) => setWhat(event.target.value)}>
                {choices.map(({ value, label }) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Field label="In the registry" error={error?.fieldProblem("registry")}>
            {(control) => (
              <RegistrySelect registries={registries} {...control} value={registry} onSlug={setRegistry} />
            )}
          </Field>
        </div>
        <Field
          label="Repositories"
          hint="payments/api, payments/* for one level or payments/** for any depth."
          error={error?.fieldProblem("pattern")}
        >
          {(control) => (
            <Input
              {...control}
              required
              className={codeClasses}
              maxLength={255}
              autoComplete="off"
              spellCheck={false}
              value={pattern}
              onChange={(event) => setPattern(event.target.value)}
            />
          )}
        </Field>
        <Field label="Because" error={error?.fieldProblem("reason")}>
          {(control) => (
            <Input
              {...control}
              required
              maxLength={500}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
        <FormFoot
          problem={ask.error ? describeError(ask.error) : null}
          busy={ask.isPending}
          onCancel={onClose}
        >
          Ask for it
        </FormFoot>
      </form>
    </Dialog>
  );
}
