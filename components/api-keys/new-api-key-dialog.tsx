"use client";

import { type FormEvent, useState } from "react";
import type { ApiKey } from "#lib/api-keys/schema";
import { apiKeysKey } from "@/components/api-keys/queries";
import { ApiError, describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { everywhere, PlaceFields, toPlaceBody } from "@/components/settings/place-fields";
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

export function NewApiKeyDialog({
  open,
  onClose,
  registries,
}: {
  open: boolean;
  onClose: () => void;
  registries: readonly { slug: string; name: string }[];
}) {
  const [name, setName] = useState("");
  const [place, setPlace] = useState(everywhere);
  const [days, setDays] = useState(90);
  const create = useDeed<Record<string, unknown>, { key: ApiKey; secret: string }>({
    request: (body) => ({ path: "/api/v1/api-keys", method: "POST", body }),
    invalidates: [[...apiKeysKey]],
  });
  const error = create.error instanceof ApiError ? create.error : null;
  const close = () => {
    create.reset();
    setName("");
    setPlace(everywhere);
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const expiresAt = days === 0 ? null : new Date(Date.now() + days * 86_400_000).toISOString();
    create.mutate({ name: name.trim(), ...toPlaceBody(place), expiresAt });
  };
  if (create.data)
    return (
      <Dialog
        open={open}
        onClose={close}
        title={`${create.data.key.name} was created`}
        footer={
          <Button variant="primary" onClick={close}>
            I have copied it
          </Button>
        }
      >
        <SecretOnce label="The key" secret={create.data.secret} />
      </Dialog>
    );
  return (
    <Dialog open={open} onClose={close} title="Create an API key">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid gap-3 sm:grid-cols-[2fr_1fr]">
          <Field label="Name" hint="What will use it." error={error?.fieldProblem("name")}>
            {(control) => (
              <Input
                {...control}
                required
                maxLength={100}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <Field label="Expires after" error={error?.fieldProblem("expiresAt")}>
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
        <PlaceFields
          place={place}
          registries={registries}
          onChange={setPlace}
          errors={{
            role: error?.fieldProblem("role"),
            registry: error?.fieldProblem("registry"),
            pattern: error?.fieldProblem("pattern"),
          }}
        />
        {create.error ? (
          <p role="alert" className="text-danger">
            {describeError(create.error)}
          </p>
        ) : null}
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" type="submit" busy={create.isPending}>
            Create the key
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
