"use client";

import { type FormEvent, useState } from "react";
import type { IncidentDetail } from "#lib/failures/schema-incidents";
import { failurePath, failureQuery, failuresKey } from "@/components/failures/queries";
import { ApiError, describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";

/** What people say of it, the oldest first. */
export function IncidentComments({
  incident: { id, comments },
  mayWrite,
}: {
  incident: IncidentDetail;
  mayWrite: boolean;
}) {
  const [text, setText] = useState("");
  const deed = useDeed<string, IncidentDetail>({
    request: (said) => ({ path: `${failurePath(id)}/comments`, method: "POST", body: { text: said } }),
    invalidates: [[...failureQuery(id).queryKey], [...failuresKey, "list"]],
    onDone: () => setText(""),
  });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== "") deed.mutate(text);
  };
  if (comments.length === 0 && !mayWrite) return null;
  return (
    <section aria-label="Comments">
      <h3 className="pb-1 font-semibold">Comments</h3>
      {comments.length > 0 ? (
        <ul className="divide-y divide-line pb-2">
          {comments.map((comment) => (
            <li key={comment.id} className="py-2">
              <p className="text-small text-faint">
                <SafeText text={comment.author} clip={false} className="font-semibold text-ink" /> ·{" "}
                <RelativeTime at={comment.at} />
              </p>
              <p className="whitespace-pre-wrap">
                <SafeText text={comment.text} clip={false} />
              </p>
            </li>
          ))}
        </ul>
      ) : null}
      {mayWrite ? (
        <form noValidate onSubmit={onSubmit} className="flex flex-col items-start gap-2">
          <div className="w-full">
            <Field
              label="Say something about it"
              error={
                deed.error
                  ? ((deed.error instanceof ApiError ? deed.error.fieldProblem("text") : undefined) ??
                    describeError(deed.error))
                  : undefined
              }
            >
              {(control) => (
                <Textarea
                  {...control}
                  rows={3}
                  maxLength={4_000}
                  value={text}
                  onChange={(event) => setText(event.target.value)}
                />
              )}
            </Field>
          </div>
          <Button type="submit" busy={deed.isPending} disabled={text.trim() === ""}>
            Add the comment
          </Button>
        </form>
      ) : null}
    </section>
  );
}
