"use client";

import { useRef, useState } from "react";
import type { RegistryItem } from "#lib/registries/schema";
import { ApiError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { describeFormError } from "@/components/registries/describe-form-error";
import { focusFirstProblem } from "@/components/registries/focus-first-problem";
import { registriesKey } from "@/components/registries/queries";
import {
  completeUrl,
  type RegistryDraft,
  toConnectBody,
  toDraft,
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

/** Takes up a disconnected registry again, with all that is known of it. */
export function ReconnectForm({ registry, mayAllow }: { registry: RegistryItem; mayAllow: boolean }) {
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState<RegistryDraft>(() => ({ ...toDraft(registry), secret: "", caPem: "" }));
  const test = useConnectionTest(draft);
  const connect = useDeed<ReturnType<typeof toConnectBody>, RegistryItem>({
    request: (body) => ({ path: "/api/v1/registries", method: "POST", body }),
    invalidates: [[...registriesKey]],
    done: (saved) => ({
      tone: "good",
      title: `${saved.name} is connected again`,
      detail: "A full sync has begun and brings what changed in between.",
    }),
  });
  const saveError = connect.error instanceof ApiError ? connect.error : null;
  const error = saveError ?? test.fieldError;
  const change = (part: Partial<RegistryDraft>) => setDraft((before) => ({ ...before, ...part }));
  const fields = { draft, change, error };
  return (
    <SettingsLayout
      id="registry-reconnect"
      formRef={form}
      draft={draft}
      change={change}
      test={test}
      mayAllow={mayAllow}
      onTest={(given) => {
        connect.reset();
        test.run(given);
      }}
      onSubmit={() =>
        connect.mutate(toConnectBody(draft), {
          onError: (problem) => {
            if (problem instanceof ApiError && problem.fieldProblem("url")) test.run();
            focusFirstProblem(form.current);
          },
        })
      }
      footer={
        <>
          <Button type="submit" form="registry-reconnect" variant="primary" busy={connect.isPending}>
            Connect it again
          </Button>
          {connect.error ? (
            <p role="alert" className="w-full text-danger">
              {describeFormError(connect.error)}
            </p>
          ) : null}
        </>
      }
    >
      <FormSection
        title="Address"
        about={
          registry.hasCa
            ? "Where the registry is now. Its own CA was forgotten with the connection: give it again."
            : "Where the registry is now."
        }
      >
        <Field label="Address" error={error?.fieldProblem("url")}>
          {(control) => (
            <Input
              {...control}
              required
              inputMode="url"
              spellCheck={false}
              className={codeClasses}
              value={draft.url}
              onChange={(event) => change(withUrl(draft, event.target.value))}
              onBlur={() => change(withUrl(draft, completeUrl(draft.url)))}
            />
          )}
        </Field>
        <CaField {...fields} />
      </FormSection>
      <FormSection title="Credentials" about="The ones before were forgotten when it was disconnected.">
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
