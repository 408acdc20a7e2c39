"use client";

import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { type FetchOptions, fetchJson } from "@/components/query/fetch-json";
import { type ToastMessage, toast } from "@/components/ui/toast";

interface Deed<Input, Output> {
  /** The request that the input asks for. */
  request: (input: Input) => { path: string } & FetchOptions;
  /** What is stale afterwards. */
  invalidates: QueryKey[];
  /** What to say when it is done; a sentence, never "OK". */
  done?: (output: Output, input: Input) => ToastMessage | null;
  onDone?: (output: Output, input: Input) => void;
}

/** A change through our API: what it made stale is read again, and a toast says what was done. */
export function useDeed<Input, Output = void>({ request, invalidates, done, onDone }: Deed<Input, Output>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: Input) => {
      const { path, ...options } = request(input);
      return fetchJson<Output>(path, options);
    },
    onSuccess: async (output, input) => {
      await Promise.all(invalidates.map((queryKey) => client.invalidateQueries({ queryKey })));
      const message = done?.(output, input);
      if (message) toast(message);
      onDone?.(output, input);
    },
  });
}
