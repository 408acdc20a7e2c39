"use client";

import type { ChangeEnforcementBody, Enforcement } from "#lib/enforcement/schema";
import { enforcementKey, enforcementPath } from "@/components/enforcement/queries";
import { useDeed } from "@/components/query/use-deed";

const told = {
  on: "Grants hold from the next token on",
  off: "Enforcement is off",
  suspended: "Enforcement is suspended",
};

export function useChangeEnforcement(slug: string, onDone?: () => void) {
  return useDeed<ChangeEnforcementBody, Enforcement>({
    request: (body) => ({ path: enforcementPath(slug), method: "PATCH", body }),
    invalidates: [[...enforcementKey], ["access"], ["registries"]],
    done: (_, { state }) => (state ? { title: told[state] } : null),
    onDone,
  });
}
