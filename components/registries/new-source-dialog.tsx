"use client";

import { type FormEvent, useState } from "react";
import { type OwnSecretKind, ownSecretKinds, type Source } from "#lib/events/schema";
import { ApiError, describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { sourceKindWords } from "@/components/registries/prepare-source-config";
import { SourceConfigs } from "@/components/registries/source-configs";
import { sourcesKey } from "@/components/registries/source-queries";
import { SecretOnce } from "@/components/settings/secret-once";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormFoot } from "@/components/ui/form-foot";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";

export function NewSourceDialog({
  slug,
  open,
  onClose,
  suggested,
}: {
  slug: string;
  open: boolean;
  onClose: () => void;
  suggested: OwnSecretKind;
}) {
  const [chosen, setChosen] = useState<OwnSecretKind | null>(null);
  const [name, setName] = useState("");
  const [cluster, setCluster] = useState("");
  const kind = chosen ?? suggested;
  const create = useDeed<Record<string, unknown>, { source: Source; secret: string }>({
    request: (body) => ({ path: "/api/v1/sources", method: "POST", body }),
    invalidates: [[...sourcesKey]],
  });
  const error = create.error instanceof ApiError ? create.error : null;
  const close = () => {
    create.reset();
    setChosen(null);
    setName("");
    setCluster("");
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({
      registry: slug,
      kind,
      name: name.trim() || sourceKindWords[kind].label,
      ...(kind === "kubernetes" && cluster.trim() !== "" ? { cluster: cluster.trim() } : {}),
    });
  };
  if (create.data) {
    const { source, secret } = create.data;
    return (
      <Dialog
        open={open}
        onClose={close}
        size="large"
        title={`${source.name} was made`}
        footer={
          <Button variant="primary" onClick={close}>
            I have copied it
          </Button>
        }
      >
        <div className="flex flex-col gap-4">
          <SecretOnce label="The secret of this source" secret={secret} />
          <SourceConfigs source={source} secret={secret} />
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog open={open} onClose={close} title="Add a source of events">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Kind" hint={sourceKindWords[kind].tells}>
          {(control) => (
            <Select
              {...control}
              value={kind}
              onChange={(event) =>
                setChosen(ownSecretKinds.find((one) => one === event.target.value) ?? suggested)
              }
            >
              {ownSecretKinds.map((one) => (
                <option key={one} value={one}>
                  {sourceKindWords[one].label}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="Name" optional hint="What sends it." error={error?.fieldProblem("name")}>
          {(control) => (
            <Input
              {...control}
              maxLength={100}
              placeholder={sourceKindWords[kind].label}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        {kind === "kubernetes" ? (
          <Field
            label="Cluster"
            optional
            hint="As it is called where failures are shown; a name in the events themselves counts more."
            error={error?.fieldProblem("cluster")}
          >
            {(control) => (
              <Input
                {...control}
                maxLength={100}
                value={cluster}
                onChange={(event) => setCluster(event.target.value)}
              />
            )}
          </Field>
        ) : null}
        <FormFoot
          problem={create.error ? describeError(create.error) : null}
          busy={create.isPending}
          onCancel={close}
        >
          Make the source
        </FormFoot>
      </form>
    </Dialog>
  );
}
