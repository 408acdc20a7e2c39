"use client";

import { ErrorState } from "@/components/ui/error-state";

export default function RootError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <main>
      <ErrorState title="This page could not be put together" requestId={error.digest} onRetry={reset}>
        Nothing was changed. Try again; if it stays, the log of the console holds the reason.
      </ErrorState>
    </main>
  );
}
