"use client";

import { type FormEvent, useState } from "react";
import type { AccessPrincipal, ChangePrincipalBody } from "#lib/principals/schema";
import { accessKey, accessPaths } from "@/components/access/queries";
import { ApiError, describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormFoot } from "@/components/ui/form-foot";
import { Input } from "@/components/ui/input";

/** What a principal is, and who answers for it. */
export function ChangePrincipalDialog({
  open,
  onClose,
  principal,
}: {
  open: boolean;
  onClose: () => void;
  principal: AccessPrincipal;
}) {
  const [description, setDescription] = useState(principal.description);
  const [owner, setOwner] = useState(principal.owner ?? "");
  const signsIn = principal.kind === "robot" || principal.kind === "workload";
  const change = useDeed<ChangePrincipalBody>({
    request: (body) => ({ path: accessPaths.principal(principal.id), method: "PATCH", body }),
    invalidates: [[...accessKey]],
    onDone: onClose,
  });
  const error = change.error instanceof ApiError ? change.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const login = owner.trim().toLowerCase();
    change.mutate({
      description: description.trim(),
      owner: signsIn && login !== "" && login !== principal.owner ? login : undefined,
    });
  };
  return (
    <Dialog open={open} onClose={onClose} title={`Describe ${principal.name}`}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="What it is" optional error={error?.fieldProblem("description")}>
          {(control) => (
            <Input
              {...control}
              maxLength={500}
              value={description}
              onChange={(event) => setDescription(event.target.value)}
            />
          )}
        </Field>
        {signsIn ? (
          <Field
            label="Who answers for it"
            hint="A login. They may manage its secrets and trust rules."
            error={error?.fieldProblem("owner")}
          >
            {(control) => (
              <Input
                {...control}
                maxLength={64}
                autoComplete="off"
                spellCheck={false}
                value={owner}
                onChange={(event) => setOwner(event.target.value)}
              />
            )}
          </Field>
        ) : null}
        <FormFoot
          problem={change.error ? describeError(change.error) : null}
          busy={change.isPending}
          onCancel={onClose}
        >
          Keep the change
        </FormFoot>
      </form>
    </Dialog>
  );
}
