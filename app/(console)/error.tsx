"use client";

import { ErrorState } from "@/components/ui/error-state";

export default function ConsoleError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <ErrorState title="This page could not be put together" requestId={error.digest} onRetry={reset}>
      The console may have lost its database for a moment. Nothing was changed. Try again; if it stays, the
      log of the console holds the reason.
    </ErrorState>
  );
}
