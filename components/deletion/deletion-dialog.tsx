"use client";

import type { ReactNode } from "react";
import { ConfirmName } from "@/components/deletion/confirm-name";
import { Consequences, ConsequencesSkeleton } from "@/components/deletion/consequences";
import type { Consequence } from "@/components/deletion/prepare-deletion";
import { ApiError, describeError } from "@/components/query/api-error";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";

export interface DeletionDialogProps {
  title: string;
  /** Null while the plan is on its way. */
  lines: readonly Consequence[] | null;
  planError: Error | null;
  onRetry: () => void;
  /** False when the registry or the roles do not allow it: then there is an explanation instead of a button. */
  possible: boolean;
  /** The name to be typed, for protected repositories. */
  confirmName: string | null;
  typed: string;
  onType: (text: string) => void;
  deed: string;
  busy: boolean;
  error: Error | null;
  onDelete: () => void;
  onClose: () => void;
  children?: ReactNode;
}

/** The frame of every deletion: first what would happen, then the deed. */
export function DeletionDialog(props: DeletionDialogProps) {
  const { lines, planError, possible, confirmName, typed, busy, error, onClose } = props;
  const ready = lines !== null && (confirmName === null || typed === confirmName);
  const problem = error instanceof ApiError ? error.fieldProblem("confirm") : undefined;
  return (
    <Dialog
      open
      onClose={busy ? () => undefined : onClose}
      title={props.title}
      footer={
        <>
          <Button onClick={onClose} disabled={busy}>
            {lines !== null && !possible ? "Close" : "Keep it"}
          </Button>
          {lines !== null && possible ? (
            <Button variant="danger" disabled={!ready} busy={busy} onClick={props.onDelete}>
              {props.deed}
            </Button>
          ) : null}
        </>
      }
    >
      {planError ? (
        <div role="alert" className="flex flex-col items-start gap-2">
          <p>{describeError(planError)}</p>
          {planError instanceof ApiError && planError.status >= 400 && planError.status < 500 ? null : (
            <Button size="small" onClick={props.onRetry}>
              Try again
            </Button>
          )}
        </div>
      ) : lines === null ? (
        <ConsequencesSkeleton />
      ) : (
        <Consequences lines={lines} />
      )}
      {props.children}
      {lines !== null && possible && confirmName !== null ? (
        <ConfirmName name={confirmName} value={typed} error={problem} onChange={props.onType} />
      ) : null}
      {error && problem === undefined ? (
        <p role="alert" className="mt-3 rounded-control bg-danger-soft px-3 py-2 text-danger">
          {describeError(error)}
        </p>
      ) : null}
    </Dialog>
  );
}
