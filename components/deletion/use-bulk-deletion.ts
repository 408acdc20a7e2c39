"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { deleteTag } from "@/components/deletion/queries";
import { describeError } from "@/components/query/api-error";

export interface BulkDeletionState {
  running: boolean;
  done: string[];
  failed: { tag: string; reason: string }[];
  /** True once every tag was tried, or the person stopped it. */
  finished: boolean;
}

const untouched: BulkDeletionState = { running: false, done: [], failed: [], finished: false };

/** One tag after the other, so that each is checked by itself and stopping leaves the rest alone. */
export function useBulkDeletion(registry: string, repository: string) {
  const client = useQueryClient();
  const [state, setState] = useState(untouched);
  const stopped = useRef(false);
  useEffect(() => {
    stopped.current = false;
    return () => {
      stopped.current = true;
    };
  }, []);

  async function run(tags: readonly string[], confirm: string | null): Promise<void> {
    stopped.current = false;
    setState({ ...untouched, running: true });
    for (const tag of tags) {
      if (stopped.current) break;
      try {
        await deleteTag({ registry, repository, tag }, confirm);
        setState((before) => ({ ...before, done: [...before.done, tag] }));
      } catch (error) {
        const reason = describeError(error);
        setState((before) => ({ ...before, failed: [...before.failed, { tag, reason }] }));
      }
    }
    setState((before) => ({ ...before, running: false, finished: true }));
    await client.invalidateQueries();
  }

  return {
    state,
    run,
    stop: () => {
      stopped.current = true;
    },
  };
}
