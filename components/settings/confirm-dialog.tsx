"use client";

import type { ReactNode } from "react";
import { describeError } from "@/components/query/api-error";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";

/** Asks before a deed and says what it will do. The button names the deed. */
export function ConfirmDialog({
  open,
  onClose,
  title,
  deed,
  busy,
  error,
  danger = true,
  onConfirm,
  children,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  /** What the button says: "Revoke the key". */
  deed: string;
  busy: boolean;
  error: Error | null;
  danger?: boolean;
  onConfirm: () => void;
  children: ReactNode;
}) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      size="small"
      title={title}
      footer={
        <>
          <Button onClick={onClose}>Leave it as it is</Button>
          <Button variant={danger ? "danger" : "primary"} busy={busy} onClick={onConfirm}>
            {deed}
          </Button>
        </>
      }
    >
      <div className="text-muted">{children}</div>
      {error ? (
        <p role="alert" className="mt-3 text-danger">
          {describeError(error)}
        </p>
      ) : null}
    </Dialog>
  );
}
