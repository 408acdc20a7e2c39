"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import type { AccessPrincipal } from "#lib/principals/schema";
import { principalHref } from "@/components/access/principal-reference";
import { accessKey, accessPaths } from "@/components/access/queries";
import { ApiError, describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormFoot } from "@/components/ui/form-foot";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";

const kinds = {
  robot: "A pipeline that publishes. It signs in to the registry with this name.",
  workload: "A runtime that pulls, such as a cluster. It signs in to the registry with this name.",
  group: "The people whom the identity provider puts in it, for 12 hours after they signed in here.",
};

/** Makes a robot or workload, or names a group; its page is next, where its secrets are made. */
export function NewPrincipalDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const router = useRouter();
  const [kind, setKind] = useState<keyof typeof kinds>("robot");
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const create = useDeed<Record<string, string>, AccessPrincipal>({
    request: (body) => ({ path: accessPaths.principals, method: "POST", body }),
    invalidates: [[...accessKey]],
    onDone: (principal) => router.push(principalHref(principal.id)),
  });
  const error = create.error instanceof ApiError ? create.error : null;
  const close = () => {
    create.reset();
    setName("");
    setDescription("");
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ kind, name: name.trim(), description: description.trim() });
  };
  return (
    <Dialog open={open} onClose={close} title="A new principal" description={kinds[kind]}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid gap-3 sm:grid-cols-[9rem_1fr]">
          <Field label="Kind" error={error?.fieldProblem("kind")}>
            {(control) => (
              <Select
                {...control}
                value={kind}
                onChange={(event) => setKind(event.target.value as keyof typeof kinds)}
              >
                {Object.keys(kinds).map((each) => (
                  <option key={each}>{each}</option>
                ))}
              </Select>
            )}
          </Field>
          <Field
            label="Name"
            hint={
              kind === "group"
                ? "Exactly as the identity provider calls it."
                : "Lower-case letters, digits and . _ - ; it is never used again, even after a deletion."
            }
            error={error?.fieldProblem("name") ?? (error?.code === "name-taken" ? error.message : undefined)}
          >
            {(control) => (
              <Input
                {...control}
                required
                maxLength={256}
                autoComplete="off"
                spellCheck={false}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
        </div>
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
        <FormFoot
          problem={create.error && error?.code !== "name-taken" ? describeError(create.error) : null}
          busy={create.isPending}
          onCancel={close}
        >
          Make the {kind}
        </FormFoot>
      </form>
    </Dialog>
  );
}
