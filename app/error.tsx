"use client";

// Every page loads this in case it fails, so it stands on nothing else: that keeps five kilobytes off each first load.
export default function RootError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <main role="alert" className="mx-auto flex max-w-xl flex-col items-start gap-3 px-5 py-12">
      <h1 className="text-lead font-semibold break-words">This page could not be put together</h1>
      <p className="text-muted">
        Nothing was changed. Try again; if it stays, the log of the console holds the reason.
      </p>
      {error.digest ? (
        <p className="text-small text-faint">
          Request <code className="select-all">{error.digest}</code>
        </p>
      ) : null}
      <button
        type="button"
        onClick={reset}
        className="h-8 rounded-control border border-line bg-surface px-3 font-semibold hover:border-line-strong hover:bg-sunken"
      >
        Try again
      </button>
    </main>
  );
}
