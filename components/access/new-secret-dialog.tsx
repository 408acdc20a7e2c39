"use client";

import { type FormEvent, useState } from "react";
import type { AccessSecret, CreatedSecret, CreateSecretBody } from "#lib/principals/schema";
import type { RegistryChoice } from "@/components/access/access-rights";
import { accessKey } from "@/components/access/queries";
import { SecretRecipes } from "@/components/access/secret-recipes";
import { ApiError, describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { endOf, LifetimeField } from "@/components/settings/lifetime-field";
import { SecretOnce } from "@/components/settings/secret-once";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormFoot } from "@/components/ui/form-foot";
import { Input } from "@/components/ui/input";

/** Makes a secret and shows it this once, with what to paste. Rotating keeps the old one until it is revoked. */
export function NewSecretDialog({
  open,
  onClose,
  path,
  registries,
  suggestedName,
  replaces,
}: {
  open: boolean;
  onClose: () => void;
  path: string;
  registries: RegistryChoice[];
  suggestedName: string;
  replaces: AccessSecret | null;
}) {
  const [name, setName] = useState(suggestedName);
  const [days, setDays] = useState(90);
  const create = useDeed<CreateSecretBody, CreatedSecret>({
    request: (body) => ({ path, method: "POST", body }),
    invalidates: [[...accessKey]],
  });
  const error = create.error instanceof ApiError ? create.error : null;
  const close = () => {
    create.reset();
    setName("");
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ name: name.trim(), expiresAt: endOf(days) });
  };
  if (create.data)
    return (
      <Dialog
        open={open}
        onClose={close}
        size="large"
        title={`${create.data.secret.name} was made`}
        footer={
          <Button variant="primary" onClick={close}>
            I have copied it
          </Button>
        }
      >
        <div className="flex flex-col gap-5">
          <SecretOnce label={`The secret of ${create.data.username}`} secret={create.data.value} />
          <SecretRecipes registries={registries} username={create.data.username} value={create.data.value} />
          {replaces ? (
            <p className="text-muted">
              {replaces.name} ({replaces.prefix}…) still works. Put the new one in its place everywhere, watch
              the last use of the old one, then revoke it.
            </p>
          ) : null}
        </div>
      </Dialog>
    );
  return (
    <Dialog
      open={open}
      onClose={close}
      title={replaces ? `Rotate ${replaces.name}` : "Make a secret"}
      description={
        replaces
          ? "A second secret is made beside it, so that nothing stands still while it is exchanged."
          : undefined
      }
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid gap-3 sm:grid-cols-[2fr_1fr]">
          <Field label="Name" hint="Where it will be used." error={error?.fieldProblem("name")}>
            {(control) => (
              <Input
                {...control}
                required
                maxLength={100}
                autoComplete="off"
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <LifetimeField
            days={days}
            onDays={setDays}
            hint="You are reminded 14, 7 and 1 days before."
            error={error?.fieldProblem("expiresAt")}
          />
        </div>
        <FormFoot
          problem={create.error ? describeError(create.error) : null}
          busy={create.isPending}
          onCancel={close}
        >
          Make the secret
        </FormFoot>
      </form>
    </Dialog>
  );
}
