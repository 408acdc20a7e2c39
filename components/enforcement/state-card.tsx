"use client";

import { type FormEvent, useState } from "react";
import type { Enforcement } from "#lib/enforcement/schema";
import { describeEnforcement } from "@/components/enforcement/describe-enforcement";
import { useChangeEnforcement } from "@/components/enforcement/use-change-enforcement";
import { ApiError, describeError } from "@/components/query/api-error";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { StateDot } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";

interface PartProps {
  slug: string;
  enforcement: Enforcement;
  mayWrite: boolean;
}

/** Whether grants hold here, and the switches. */
export function StateCard({ slug, enforcement, mayWrite }: PartProps) {
  const [asking, setAsking] = useState<"on" | "off" | "suspend" | null>(null);
  const { word, tone, meaning, contradiction } = describeEnforcement(enforcement);
  const close = () => {
    change.reset();
    setAsking(null);
  };
  const change = useChangeEnforcement(slug, () => setAsking(null));
  const { state } = enforcement;
  return (
    <Card title="Enforcement">
      <div className="flex flex-col gap-2 px-3.5 py-3.5">
        <p className="flex flex-wrap items-center gap-2 text-lead font-semibold">
          <StateDot tone={tone} />
          Grants are {state === "on" ? "enforced" : state === "off" ? "not enforced" : "suspended"} here
          {enforcement.since ? (
            <span className="text-body font-normal text-faint">
              {word} since <RelativeTime at={enforcement.since} />
            </span>
          ) : null}
        </p>
        <p className="max-w-2xl text-muted">{meaning}</p>
        {contradiction ? (
          <p role="alert" className={tone === "danger" ? "font-medium text-danger" : "font-medium text-warn"}>
            {contradiction}
          </p>
        ) : null}
        {state === "on" ? (
          <p className="max-w-2xl text-small text-faint">
            A grant that is revoked bites at the next token; one already given out lives up to 6 minutes.
            Where this is on, deleting and putting back a tag in the console needs your own grant too.
          </p>
        ) : null}
      </div>
      {mayWrite ? (
        <div className="flex flex-wrap gap-2 border-t border-line px-3.5 py-3">
          {state === "on" ? null : (
            <Button variant="primary" onClick={() => setAsking("on")}>
              {state === "suspended" ? "Let grants hold again" : "Turn it on"}
            </Button>
          )}
          {state === "on" ? (
            <Button variant="danger" onClick={() => setAsking("suspend")}>
              Suspend in an emergency
            </Button>
          ) : null}
          {state === "off" ? null : <Button onClick={() => setAsking("off")}>Turn it off</Button>}
        </div>
      ) : null}
      <ConfirmDialog
        open={asking === "on"}
        onClose={close}
        title="Let grants decide at this registry?"
        deed="Turn it on"
        danger={false}
        busy={change.isPending}
        error={change.error}
        onConfirm={() => change.mutate({ state: "on" })}
      >
        From now on deleting and putting back in the console need a grant too. Clients are refused what no
        grant allows as soon as the registry has the configuration below. Check afterwards that it holds.
      </ConfirmDialog>
      <ConfirmDialog
        open={asking === "off"}
        onClose={close}
        title="Turn enforcement off?"
        deed="Turn it off"
        busy={change.isPending}
        error={change.error}
        onConfirm={() => change.mutate({ state: "off" })}
      >
        Deleting and putting back in the console need no grant any more. As long as the registry asks for our
        tokens, they go on being given by the grants: take the configuration out of it to let everybody in. In
        an emergency, suspend instead.
      </ConfirmDialog>
      <SuspendDialog slug={slug} open={asking === "suspend"} onClose={close} />
    </Card>
  );
}

function SuspendDialog({ slug, open, onClose }: { slug: string; open: boolean; onClose: () => void }) {
  const [reason, setReason] = useState("");
  const suspend = useChangeEnforcement(slug, () => {
    setReason("");
    onClose();
  });
  const error = suspend.error instanceof ApiError ? suspend.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    suspend.mutate({ state: "suspended", reason: reason.trim() });
  };
  return (
    <Dialog
      open={open}
      onClose={() => {
        suspend.reset();
        onClose();
      }}
      title="Suspend enforcement?"
      description="For when deployments stand still. Who signs in rightly may pull and push everything, protected repositories included; deletions stay as they are."
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Why" hint="Kept in the audit." error={error?.fieldProblem("reason")}>
          {(control) => (
            <Input
              {...control}
              required
              maxLength={500}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
        {suspend.error ? (
          <p role="alert" className="text-danger">
            {describeError(suspend.error)}
          </p>
        ) : null}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Leave it on</Button>
          <Button variant="danger" type="submit" busy={suspend.isPending}>
            Suspend enforcement
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
