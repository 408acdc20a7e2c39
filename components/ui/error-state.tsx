"use client";

import TriangleAlert from "lucide-react/icons/triangle-alert";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";

/** What failed, why, and what to do. With `onRetry` there is a button that tries again. */
export function ErrorState({
  title,
  children,
  requestId,
  onRetry,
  action,
}: {
  title: string;
  children?: ReactNode;
  /** Found again in the log and in the audit. */
  requestId?: string | null;
  onRetry?: () => void;
  action?: ReactNode;
}) {
  return (
    <div role="alert" className="mx-auto flex max-w-xl flex-col items-start gap-3 px-5 py-12">
      <h2 className="flex items-start gap-2 text-lead font-semibold">
        <TriangleAlert aria-hidden="true" className="mt-0.5 size-4.5 shrink-0 text-danger" />
        <span className="break-words">{title}</span>
      </h2>
      {children ? <div className="break-words text-muted">{children}</div> : null}
      {requestId ? (
        <p className="text-small text-faint">
          Request <code className="select-all">{requestId}</code>
        </p>
      ) : null}
      {onRetry || action ? (
        <div className="flex gap-2">
          {onRetry ? <Button onClick={onRetry}>Try again</Button> : null}
          {action}
        </div>
      ) : null}
    </div>
  );
}
