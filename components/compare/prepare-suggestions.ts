import type { SearchHit } from "#lib/search/schema";
import { fullReference } from "@/components/artifacts/artifact-href";

export interface Suggestion {
  /** What the field becomes: a full reference, or the beginning of one. */
  value: string;
  /** True when it can be compared as it stands; otherwise a tag is still missing. */
  whole: boolean;
  hint: string;
}

/** Hits as what can be put into a reference field; a registry alone is of no use there. */
export function prepareSuggestions(hits: readonly SearchHit[]): Suggestion[] {
  const suggestions = new Map<string, Suggestion>();
  for (const hit of hits) {
    if (hit.repository === null) continue;
    const reference = hit.tag ?? hit.digest;
    const suggestion =
      reference === null
        ? { value: `${hit.registry}/${hit.repository}:`, whole: false, hint: "repository" }
        : {
            value: fullReference(hit.registry, hit.repository, reference),
            whole: true,
            hint: hit.tag === null ? "digest" : "tag",
          };
    if (!suggestions.has(suggestion.value)) suggestions.set(suggestion.value, suggestion);
  }
  return [...suggestions.values()];
}
