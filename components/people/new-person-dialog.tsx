"use client";

import { type FormEvent, useState } from "react";
import type { User } from "#lib/people/schema";
import { peopleKey } from "@/components/people/queries";
import { ApiError, describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { everywhere, PlaceFields, toPlaceBody } from "@/components/settings/place-fields";
import { SecretOnce } from "@/components/settings/secret-once";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormFoot } from "@/components/ui/form-foot";
import { Input } from "@/components/ui/input";

interface Created {
  user: User;
  password: string | null;
}

/** Adds a person with a first role; the password is made up and shown once. */
export function NewPersonDialog({
  open,
  onClose,
  registries,
}: {
  open: boolean;
  onClose: () => void;
  registries: readonly { slug: string; name: string }[];
}) {
  const [login, setLogin] = useState("");
  const [name, setName] = useState("");
  const [place, setPlace] = useState(everywhere);
  const create = useDeed<{ login: string; name: string; roles: unknown[] }, Created>({
    request: (body) => ({ path: "/api/v1/users", method: "POST", body }),
    invalidates: [[...peopleKey]],
    done: ({ user }) => ({ tone: "good", title: `${user.name} can sign in as ${user.login}` }),
  });
  const error = create.error instanceof ApiError ? create.error : null;
  const close = () => {
    create.reset();
    setLogin("");
    setName("");
    setPlace(everywhere);
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ login: login.trim().toLowerCase(), name: name.trim(), roles: [toPlaceBody(place)] });
  };
  if (create.data)
    return (
      <Dialog
        open={open}
        onClose={close}
        title={`${create.data.user.name} was added`}
        footer={
          <Button variant="primary" onClick={close}>
            I have copied it
          </Button>
        }
      >
        {create.data.password ? (
          <SecretOnce label={`First password of ${create.data.user.login}`} secret={create.data.password} />
        ) : null}
      </Dialog>
    );
  return (
    <Dialog
      open={open}
      onClose={close}
      title="Add a person"
      description="They sign in with a password that is made up now."
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="Name" error={error?.fieldProblem("name")}>
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
          <Field label="Login" error={error?.fieldProblem("login")} hint="What they type to sign in.">
            {(control) => (
              <Input
                {...control}
                required
                maxLength={64}
                autoComplete="off"
                spellCheck={false}
                value={login}
                onChange={(event) => setLogin(event.target.value)}
              />
            )}
          </Field>
        </div>
        <PlaceFields
          place={place}
          registries={registries}
          onChange={setPlace}
          errors={{
            role: error?.fieldProblem("roles.0.role"),
            registry: error?.fieldProblem("roles.0.registry"),
            pattern: error?.fieldProblem("roles.0.pattern"),
          }}
        />
        <FormFoot
          problem={create.error ? describeError(create.error) : null}
          busy={create.isPending}
          onCancel={close}
        >
          Add the person
        </FormFoot>
      </form>
    </Dialog>
  );
}
