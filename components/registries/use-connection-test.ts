"use client";

import { useState } from "react";
import type { RegistryTest, TestRegistryBody } from "#lib/registries/schema";
import { ApiError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { type RegistryDraft, toTestBody } from "@/components/registries/registry-draft";

/** Tests what stands in a form; `slug` when it is the form of a connected registry. */
export function useConnectionTest(draft: RegistryDraft, slug?: string) {
  const [tested, setTested] = useState<string | null>(null);
  const test = useDeed<TestRegistryBody, RegistryTest>({
    request: (body) => ({ path: "/api/v1/registry-tests", method: "POST", body }),
    invalidates: [],
  });
  return {
    run: (given: RegistryDraft = draft) => {
      const body = toTestBody(given, slug);
      setTested(JSON.stringify(body));
      test.mutate(body);
    },
    result: test.data,
    busy: test.isPending,
    error: test.error,
    fieldError: test.error instanceof ApiError ? test.error : null,
    outdated: test.data !== undefined && tested !== JSON.stringify(toTestBody(draft, slug)),
  };
}
