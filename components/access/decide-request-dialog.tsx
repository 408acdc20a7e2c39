"use client";

import { type FormEvent, useState } from "react";
import type { AccessRequest, DecideAccessRequestBody } from "#lib/grants/schema";
import { endOfDay, toDay } from "@/components/access/grant-draft";
import { GrantSentence } from "@/components/access/grant-sentence";
import { accessKey, accessPaths } from "@/components/access/queries";
import { ApiError, describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

/** Approves a request, which writes the grant, or declines it and says why. */
export function DecideRequestDialog({
  request,
  approve,
  onClose,
}: {
  request: AccessRequest;
  approve: boolean;
  onClose: () => void;
}) {
  const [until, setUntil] = useState(() => toDay(new Date(Date.now() + 90 * 86_400_000).toISOString()));
  const [decision, setDecision] = useState("");
  const decide = useDeed<DecideAccessRequestBody>({
    request: (body) => ({ path: accessPaths.request(request.id), method: "POST", body }),
    invalidates: [[...accessKey]],
    done: () => ({
      tone: "good",
      title: approve ? `${request.user} now has the grant` : "The request was declined",
    }),
    onDone: onClose,
  });
  const error = decide.error instanceof ApiError ? decide.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    decide.mutate({
      state: approve ? "approved" : "declined",
      decision: decision.trim(),
      expiresAt: approve ? endOfDay(until) : null,
    });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={approve ? `Approve what ${request.user} asks for?` : `Decline what ${request.user} asks for?`}
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <p>
          <GrantSentence
            principal={{ kind: "user", name: request.user }}
            actions={request.actions}
            pattern={request.pattern}
            registry={request.registry}
            expiresAt={approve ? endOfDay(until) : null}
            reason={request.reason}
          />
        </p>
        {approve ? (
          <Field
            label="Until and including"
            hint="Empty means for ever."
            error={error?.fieldProblem("expiresAt")}
          >
            {(control) => (
              <Input
                {...control}
                type="date"
                value={until}
                onChange={(event) => setUntil(event.target.value)}
              />
            )}
          </Field>
        ) : null}
        <Field label="What to tell them" optional={approve} error={error?.fieldProblem("decision")}>
          {(control) => (
            <Input
              {...control}
              required={!approve}
              maxLength={500}
              value={decision}
              onChange={(event) => setDecision(event.target.value)}
            />
          )}
        </Field>
        {decide.error ? (
          <p role="alert" className="text-danger">
            {describeError(decide.error)}
          </p>
        ) : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Leave it open</Button>
          <Button variant="primary" type="submit" busy={decide.isPending}>
            {approve ? "Write the grant" : "Decline"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
