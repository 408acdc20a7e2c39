"use client";

import { type FormEvent, useState } from "react";
import type { ApiKey } from "#lib/api-keys/schema";
import { apiKeysKey } from "@/components/api-keys/queries";
import { ApiError, describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { endOf, LifetimeField } from "@/components/settings/lifetime-field";
import { everywhere, PlaceFields, toPlaceBody } from "@/components/settings/place-fields";
import { SecretOnce } from "@/components/settings/secret-once";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormFoot } from "@/components/ui/form-foot";
import { Input } from "@/components/ui/input";

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
    create.mutate({ name: name.trim(), ...toPlaceBody(place), expiresAt: endOf(days) });
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
          <LifetimeField days={days} onDays={setDays} error={error?.fieldProblem("expiresAt")} />
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
        <FormFoot
          problem={create.error ? describeError(create.error) : null}
          busy={create.isPending}
          onCancel={close}
        >
          Create the key
        </FormFoot>
      </form>
    </Dialog>
  );
}
