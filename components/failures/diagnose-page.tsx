"use client";

import { type FormEvent, useState } from "react";
import type { Diagnosis } from "#lib/failures/schema";
import { DiagnosisCard } from "@/components/failures/diagnosis-card";
import { ApiError, describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { PageHeader } from "@/components/ui/page-header";

/** What a client or a kubelet said, in; cause and next step, out. */
export function DiagnosePage() {
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const deed = useDeed<string, Diagnosis>({
    request: (said) => ({ path: "/api/v1/diagnose", method: "POST", body: { text: said } }),
    invalidates: [],
  });
  const problem = deed.error instanceof ApiError ? deed.error : null;
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (text.trim() !== "") deed.mutate(text);
  };
  return (
    <>
      <PageHeader title="Explain a failed pull">
        Paste what docker, containerd, CRI-O or a kubelet said: the cause in one word, and what mends it.
      </PageHeader>
      <form onSubmit={onSubmit} className="mb-4 flex max-w-4xl flex-col items-start gap-3">
        <div className="w-full">
          <Field
            label="Message"
            hint="An error of a client, the events of kubectl describe pod, or a registry's log line. Nothing of it is stored."
            error={
              tried && text.trim() === ""
                ? "Paste the message first."
                : (problem?.fieldProblem("text") ?? problem?.fieldProblem("body"))
            }
          >
            {(control) => (
              <Textarea
                {...control}
                rows={7}
                maxLength={65_536}
                spellCheck={false}
                className="font-mono text-small"
                placeholder={'Failed to pull image "registry.example/team/api:v1.4": …'}
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            )}
          </Field>
        </div>
        <Button type="submit" variant="primary" busy={deed.isPending}>
          Explain it
        </Button>
      </form>
      <div aria-live="polite" className="max-w-4xl">
        {deed.error && problem?.status !== 422 ? (
          <ErrorState title="It could not be explained now" requestId={problem?.requestId ?? null}>
            {describeError(deed.error)}
          </ErrorState>
        ) : deed.data ? (
          <DiagnosisCard diagnosis={deed.data} />
        ) : null}
      </div>
    </>
  );
}
