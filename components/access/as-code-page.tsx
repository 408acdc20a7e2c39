"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import type { DocumentPlan } from "#lib/grants/schema";
import { AccessFrame } from "@/components/access/access-frame";
import type { AccessRights, RegistryChoice } from "@/components/access/access-rights";
import { DocumentPlanView } from "@/components/access/document-plan-view";
import { NumberedText } from "@/components/access/numbered-text";
import { prepareDocumentProblems } from "@/components/access/prepare-document-problems";
import { accessKey, accessPaths, documentQuery } from "@/components/access/queries";
import { ApiError, describeError } from "@/components/query/api-error";
import { fetchJson, toSearch } from "@/components/query/fetch-json";
import { useDeed } from "@/components/query/use-deed";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CommandLine } from "@/components/ui/command-line";
import { CopyButton } from "@/components/ui/copy-button";
import { RegistrySelect } from "@/components/ui/registry-select";
import { Skeleton } from "@/components/ui/skeleton";

/** Grants as one document: what there is, a place to paste another, and what applying it would change. */
export function AsCodePage({ registries, rights }: { registries: RegistryChoice[]; rights: AccessRights }) {
  const asked = useSearchParams().get("registry") ?? "";
  const registry = registries.some(({ slug }) => slug === asked) ? asked : "";
  const current = useQuery(documentQuery(registry));
  const [text, setText] = useState<string | null>(null);
  const document = text ?? current.data?.document ?? "";
  const plan = useMutation({
    mutationFn: (body: string) =>
      fetchJson<DocumentPlan>(accessPaths.document, {
        method: "POST",
        query: { registry, dryRun: "true" },
        body: { document: body },
      }),
  });
  const apply = useDeed<string, DocumentPlan>({
    request: (body) => ({
      path: accessPaths.document,
      method: "POST",
      query: { registry },
      body: { document: body },
    }),
    invalidates: [[...accessKey]],
    done: () => ({ tone: "good", title: "The document is in force" }),
    onDone: () => {
      setText(null);
      plan.reset();
    },
  });
  const failure = plan.error ?? apply.error;
  const problems = failure instanceof ApiError ? prepareDocumentProblems(failure) : [];
  const change = (next: string | null) => {
    setText(next);
    plan.reset();
    apply.reset();
  };
  return (
    <AccessFrame current="as-code" rights={rights}>
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_24rem]">
        <Card
          title="The document"
          detail={text === null ? "as it is in force" : "changed, not applied"}
          actions={
            <>
              <RegistrySelect
                registries={registries}
                every
                value={registry}
                onSlug={(slug) => {
                  change(null);
                  window.history.pushState(null, "", `/access/as-code${toSearch({ registry: slug })}`);
                }}
              />
              <CopyButton text={document} label="Copy the document" />
            </>
          }
        >
          {current.isPending ? (
            <div className="p-3.5">
              <Skeleton className="h-96 w-full" />
            </div>
          ) : (
            <NumberedText
              label="Document of grants, YAML"
              text={document}
              readOnly={!rights.write}
              marked={problems.flatMap(({ line }) => (line === null ? [] : [line]))}
              onChange={change}
            />
          )}
          {current.isError ? (
            <p role="alert" className="px-3.5 py-2 text-danger">
              {describeError(current.error)}
            </p>
          ) : null}
          {rights.write ? (
            <div className="flex flex-wrap items-center gap-2 border-t border-line px-3.5 py-3">
              <Button
                variant={plan.data ? "secondary" : "primary"}
                busy={plan.isPending}
                disabled={document.trim() === ""}
                onClick={() => {
                  apply.reset();
                  plan.mutate(document);
                }}
              >
                Show the plan
              </Button>
              {text === null ? null : <Button onClick={() => change(null)}>Back to what is in force</Button>}
              <p className="text-small text-faint">Nothing is applied before you have seen the plan.</p>
            </div>
          ) : null}
        </Card>
        <div className="flex min-w-0 flex-col gap-5">
          <Card title="The plan">
            {failure ? (
              <div role="alert" className="flex flex-col gap-2 px-3.5 py-3">
                <p className="font-semibold text-danger">
                  {problems.length > 0 ? "Nothing was changed." : describeError(failure)}
                </p>
                <ul className="flex flex-col gap-1">
                  {problems.map((problem) => (
                    <li key={`${problem.line} ${problem.text}`} className="[overflow-wrap:anywhere]">
                      {problem.line === null ? null : (
                        <span className="font-semibold">Line {problem.line}: </span>
                      )}
                      {problem.text}
                    </li>
                  ))}
                </ul>
              </div>
            ) : plan.data ? (
              <DocumentPlanView
                plan={plan.data}
                busy={apply.isPending}
                onApply={rights.write ? () => apply.mutate(document) : null}
              />
            ) : (
              <p className="px-3.5 py-3 text-muted">
                Change the document, or paste another one: the plan says what would be added, changed and
                removed.
              </p>
            )}
          </Card>
          <Card title="From a pipeline">
            <div className="flex flex-col gap-2.5 px-3.5 py-3">
              <p className="text-muted">
                The same with an API key, so that a repository can own the grants. <code>dryRun=true</code>{" "}
                gives the plan.
              </p>
              <CommandLine
                command={`jq -Rs '{document:.}' grants.yaml | curl -sSf -H "Authorization: Bearer $WHARFINGER_KEY" -H 'content-type: application/json' -d @- '<address>/api/v1/grants/document${toSearch({ registry, dryRun: "true" })}'`}
              />
            </div>
          </Card>
        </div>
      </div>
    </AccessFrame>
  );
}
