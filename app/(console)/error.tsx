"use client";

import { Button } from "@/components/ui/button";

// Every page of the console carries this along in case it fails, so it is plainer than ErrorState.
export default function ConsoleError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <div role="alert" className="mx-auto flex max-w-xl flex-col items-start gap-3 px-5 py-12">
      <h2 className="text-lead font-semibold">This page could not be put together</h2>
      <p className="text-muted">
        The console may have lost its database for a moment. Nothing was changed. Try again; if it stays, the
        log of the console holds the reason.
      </p>
      {error.digest ? (
        <p className="text-small text-faint">
          Request <code className="select-all">{error.digest}</code>
        </p>
      ) : null}
      <Button onClick={reset}>Try again</Button>
    </div>
  );
}
