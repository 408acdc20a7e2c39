"use client";

import { type FormEvent, useState } from "react";
import type { AccessSecret, CreatedSecret, CreateSecretBody } from "#lib/principals/schema";
import type { RegistryChoice } from "@/components/access/access-rights";
import { accessKey } from "@/components/access/queries";
import { SecretRecipes } from "@/components/access/secret-recipes";
import { ApiError, describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { SecretOnce } from "@/components/settings/secret-once";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";

const lifetimes = [
  { days: 30, label: "30 days" },
  { days: 90, label: "90 days" },
  { days: 365, label: "a year" },
  { days: 0, label: "never" },
];

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
    const expiresAt = days === 0 ? null : new Date(Date.now() + days * 86_400_000).toISOString();
    create.mutate({ name: name.trim(), expiresAt });
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
          <Field
            label="Ends after"
            hint={days === 0 ? undefined : "You are reminded 14, 7 and 1 days before."}
            error={error?.fieldProblem("expiresAt")}
          >
            {(control) => (
              <Select {...control} value={days} onChange={(event) => setDays(Number(event.target.value))}>
                {lifetimes.map((each) => (
                  <option key={each.days} value={each.days}>
                    {each.label}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </div>
        {create.error ? (
          <p role="alert" className="text-danger">
            {describeError(create.error)}
          </p>
        ) : null}
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" type="submit" busy={create.isPending}>
            Make the secret
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
