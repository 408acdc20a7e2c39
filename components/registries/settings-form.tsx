"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { RegistryItem, UpdateRegistryBody } from "#lib/registries/schema";
import { ApiError } from "@/components/query/api-error";
import { fetchJson } from "@/components/query/fetch-json";
import { useDeed } from "@/components/query/use-deed";
import { describeFormError } from "@/components/registries/describe-form-error";
import { focusFirstProblem } from "@/components/registries/focus-first-problem";
import { registriesKey, registryPath } from "@/components/registries/queries";
import {
  completeUrl,
  type RegistryDraft,
  toDraft,
  toUpdateBody,
  withUrl,
} from "@/components/registries/registry-draft";
import {
  CaField,
  CredentialFields,
  FormSection,
  PaceFields,
  RepositoryFields,
} from "@/components/registries/registry-fields";
import { SettingsLayout } from "@/components/registries/settings-layout";
import { useConnectionTest } from "@/components/registries/use-connection-test";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { codeClasses, Input } from "@/components/ui/input";

/** Changes a connected registry. Only what was changed is sent. */
export function SettingsForm({ registry, mayAllow }: { registry: RegistryItem; mayAllow: boolean }) {
  const client = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const [kept, setKept] = useState(registry);
  const [draft, setDraft] = useState(() => toDraft(registry));
  const test = useConnectionTest(draft, registry.slug);
  const save = useDeed<UpdateRegistryBody, RegistryItem>({
    request: (body) => ({ path: registryPath(registry.slug), method: "PATCH", body }),
    invalidates: [[...registriesKey]],
    done: () => ({
      tone: "good",
      title: "The settings are saved",
      detail: "They hold from the next request on.",
    }),
    onDone: (saved) => {
      setKept(saved);
      setDraft(toDraft(saved));
      // How it stands was said about the settings before.
      void fetchJson(`${registryPath(registry.slug)}/test`, { method: "POST" })
        .catch(() => undefined)
        .then(() => client.invalidateQueries({ queryKey: [...registriesKey] }));
    },
  });
  const body = toUpdateBody(draft, kept);
  const dirty = Object.keys(body).length > 0;
  const saveError = save.error instanceof ApiError ? save.error : null;
  const error = saveError ?? test.fieldError;
  const change = (part: Partial<RegistryDraft>) => setDraft((before) => ({ ...before, ...part }));
  const changeUrl = (url: string) => {
    const moves = completeUrl(url) !== kept.url;
    // A stored secret was given for one address and is not sent to another.
    change({ ...withUrl(draft, url), ...(moves && draft.secret === null ? { secret: "" } : {}) });
  };
  const fields = { draft, change, error };
  return (
    <SettingsLayout
      id="registry-settings"
      formRef={form}
      draft={draft}
      change={change}
      test={test}
      mayAllow={mayAllow}
      onTest={(given) => {
        save.reset();
        test.run(given);
      }}
      onSubmit={() =>
        save.mutate(body, {
          onError: (problem) => {
            if (problem instanceof ApiError && problem.fieldProblem("url")) test.run();
            focusFirstProblem(form.current);
          },
        })
      }
      footer={
        <>
          <Button
            type="submit"
            form="registry-settings"
            variant="primary"
            busy={save.isPending}
            disabled={!dirty}
          >
            Save the changes
          </Button>
          {dirty ? (
            <Button
              variant="ghost"
              onClick={() => {
                save.reset();
                setDraft(toDraft(kept));
              }}
            >
              Leave it as it was
            </Button>
          ) : (
            <span className="text-small text-faint">Nothing is changed.</span>
          )}
          {save.error ? (
            <p role="alert" className="w-full text-danger">
              {describeFormError(save.error)}
            </p>
          ) : null}
        </>
      }
    >
      <FormSection title="Address" about="Where the registry is, and what it is called here.">
        <Field
          label="Address"
          hint="A new address takes the secret anew; what is known stays."
          error={error?.fieldProblem("url")}
        >
          {(control) => (
            <Input
              {...control}
              required
              inputMode="url"
              autoComplete="off"
              spellCheck={false}
              className={codeClasses}
              value={draft.url}
              onChange={(event) => changeUrl(event.target.value)}
              onBlur={() => changeUrl(completeUrl(draft.url))}
            />
          )}
        </Field>
        <Field label="Name" hint="For people to read." error={error?.fieldProblem("name")}>
          {(control) => (
            <Input
              {...control}
              required
              maxLength={100}
              autoComplete="off"
              value={draft.name}
              onChange={(event) => change({ name: event.target.value })}
            />
          )}
        </Field>
        <p className="text-small text-faint">
          The slug <code>{registry.slug}</code> stands in addresses and stays.
        </p>
        <CaField {...fields} />
      </FormSection>
      <FormSection
        title="Credentials"
        about="Reading is enough to browse. Deleting and putting tags back takes a login that may write and delete."
      >
        <CredentialFields {...fields} />
      </FormSection>
      <FormSection
        title="Repositories"
        about="Where their names come from, and which of them ask twice before something is deleted."
      >
        <RepositoryFields {...fields} />
      </FormSection>
      <FormSection title="Pace" about="How often the registry is looked at, and how hard.">
        <PaceFields {...fields} />
      </FormSection>
    </SettingsLayout>
  );
}
