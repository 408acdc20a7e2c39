"use client";

import { useEffect } from "react";
import { Button } from "@/components/ui/button";

/** The foot of an endless list: fetches on as its end comes near, and says so when that fails. */
export function MoreRows({
  near,
  hasMore,
  loading,
  failed,
  onMore,
}: {
  /** Whether the last drawn row is close to the last one known. */
  near: boolean;
  hasMore: boolean;
  loading: boolean;
  failed: boolean;
  onMore: () => void;
}) {
  useEffect(() => {
    if (near && hasMore && !loading && !failed) onMore();
  }, [near, hasMore, loading, failed, onMore]);
  if (!hasMore) return null;
  return (
    <div className="flex h-10 items-center justify-center gap-3 border-t border-line text-small text-faint">
      {failed ? (
        <>
          The next rows did not come.
          <Button size="small" onClick={onMore}>
            Try again
          </Button>
        </>
      ) : (
        <span role="status">Loading more rows</span>
      )}
    </div>
  );
}
