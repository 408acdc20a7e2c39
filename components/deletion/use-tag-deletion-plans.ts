"use client";

import { useQuery } from "@tanstack/react-query";
import type { TagDeletionPlan } from "#lib/inventory/schema";
import { fetchTagDeletionPlan } from "@/components/deletion/queries";

/** As many plans as are shown beforehand; of more tags each is still checked when its turn comes. */
export const plannedAtMost = 100;
const together = 4;

/** The plans of several tags. One that cannot be made (the tag is gone already) fails all: look again then. */
export function useTagDeletionPlans(registry: string, repository: string, tags: readonly string[]) {
  const planned = tags.slice(0, plannedAtMost);
  return useQuery({
    queryKey: ["tag-deletion-plans", registry, repository, planned],
    queryFn: ({ signal }) => fetchAll(registry, repository, planned, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}

async function fetchAll(
  registry: string,
  repository: string,
  tags: readonly string[],
  signal: AbortSignal,
): Promise<TagDeletionPlan[]> {
  const plans: TagDeletionPlan[] = [];
  const waiting = [...tags.entries()];
  async function work(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [place, tag] = next;
      plans[place] = await fetchTagDeletionPlan({ registry, repository, tag }, signal);
    }
  }
  await Promise.all(Array.from({ length: together }, work));
  return plans;
}
