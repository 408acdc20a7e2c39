"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import type { RegistryItem } from "#lib/registries/schema";
import { ApiError } from "@/components/query/api-error";
import { fetchJson } from "@/components/query/fetch-json";
import { useDeed } from "@/components/query/use-deed";
import { describeFormError } from "@/components/registries/describe-form-error";
import { focusFirstProblem } from "@/components/registries/focus-first-problem";
import { registriesKey, registryPath } from "@/components/registries/queries";
import {
  completeUrl,
  deriveSlug,
  emptyDraft,
  type RegistryDraft,
  toConnectBody,
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
import { Button, ButtonLink } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { codeClasses, Input } from "@/components/ui/input";
import { PageHeader } from "@/components/ui/page-header";

/** Connects a registry: its settings at the left, what a test of them says at the right. */
export function ConnectPage({ mayAllow }: { mayAllow: boolean }) {
  const router = useRouter();
  const client = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState(emptyDraft);
  const [ownSlug, setOwnSlug] = useState(false);
  const test = useConnectionTest(draft);
  const connect = useDeed<ReturnType<typeof toConnectBody>, RegistryItem>({
    request: (body) => ({ path: "/api/v1/registries", method: "POST", body }),
    invalidates: [],
    done: (registry) => ({
      tone: "good",
      title: `${registry.name} is connected`,
      detail: "Its first sync has begun; you can browse what is there already.",
    }),
    onDone: (registry) => {
      // What it can do is kept with it; a failure of this test shows on its page.
      void fetchJson(`${registryPath(registry.slug)}/test`, { method: "POST" })
        .catch(() => undefined)
        .then(() => client.invalidateQueries({ queryKey: [...registriesKey] }));
      router.push(`/registries/${encodeURIComponent(registry.slug)}?tab=sync`);
      // The choice of registries in the navigation is older than this one.
      router.refresh();
    },
  });
  const saveError = connect.error instanceof ApiError ? connect.error : null;
  const error = saveError ?? test.fieldError;
  const change = (part: Partial<RegistryDraft>) => setDraft((before) => ({ ...before, ...part }));
  const changeUrl = (url: string) =>
    change({ ...withUrl(draft, url), ...(ownSlug ? {} : { slug: deriveSlug(url) }) });
  const submit = () => {
    connect.mutate(toConnectBody(draft), {
      onError: (problem) => {
        // The test says more about an address that is refused, and offers to allow it.
        if (problem instanceof ApiError && problem.fieldProblem("url")) test.run(draft);
        focusFirstProblem(form.current);
      },
    });
  };
  return (
    <>
      <PageHeader title="Connect a registry">
        Give its address and a login, test the connection, and let the first sync begin.
      </PageHeader>
      <SettingsLayout
        id="connect"
        formRef={form}
        draft={draft}
        change={change}
        test={test}
        mayAllow={mayAllow}
        onTest={(given) => {
          connect.reset();
          test.run(given);
        }}
        onSubmit={submit}
        footer={
          <>
            <Button type="submit" form="connect" variant="primary" busy={connect.isPending}>
              Connect and start the first sync
            </Button>
            <ButtonLink href="/registries" variant="ghost">
              Cancel
            </ButtonLink>
            {connect.error ? (
              <p role="alert" className="w-full text-danger">
                {describeFormError(connect.error)}
              </p>
            ) : null}
          </>
        }
      >
        <FormSection title="Address" about="Where the registry is, and what it is called here.">
          <Field label="Address" hint="Scheme, host and port." error={error?.fieldProblem("url")}>
            {(control) => (
              <Input
                {...control}
                required
                inputMode="url"
                autoComplete="off"
                spellCheck={false}
                placeholder="https://registry.example.com"
                className={codeClasses}
                value={draft.url}
                onChange={(event) => changeUrl(event.target.value)}
                onBlur={() => changeUrl(completeUrl(draft.url))}
              />
            )}
          </Field>
          <div className="grid gap-4 sm:grid-cols-2">
            <Field
              label="Slug"
              hint={`Stands in addresses: /images/${draft.slug || "…"}/team/api`}
              error={
                error?.fieldProblem("slug") ??
                (saveError?.code === "slug-taken" ? saveError.message : undefined)
              }
            >
              {(control) => (
                <Input
                  {...control}
                  required
                  maxLength={40}
                  autoComplete="off"
                  spellCheck={false}
                  className={codeClasses}
                  value={draft.slug}
                  onChange={(event) => {
                    setOwnSlug(event.target.value !== "");
                    change({ slug: event.target.value });
                  }}
                />
              )}
            </Field>
            <Field label="Name" optional hint="For people to read." error={error?.fieldProblem("name")}>
              {(control) => (
                <Input
                  {...control}
                  maxLength={100}
                  autoComplete="off"
                  placeholder={draft.slug || undefined}
                  value={draft.name}
                  onChange={(event) => change({ name: event.target.value })}
                />
              )}
            </Field>
          </div>
          <CaField draft={draft} change={change} error={error} />
        </FormSection>
        <FormSection
          title="Credentials"
          about="Reading is enough to browse. Deleting and putting tags back takes a login that may write and delete."
        >
          <CredentialFields draft={draft} change={change} error={error} />
        </FormSection>
        <FormSection
          title="Repositories"
          about="Where their names come from, and which of them ask twice before something is deleted."
        >
          <RepositoryFields draft={draft} change={change} error={error} />
        </FormSection>
        <FormSection title="Pace" about="How often the registry is looked at, and how hard.">
          <PaceFields draft={draft} change={change} error={error} />
        </FormSection>
      </SettingsLayout>
    </>
  );
}
