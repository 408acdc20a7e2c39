import type { Source } from "#lib/events/schema";
import { sourceKindWords } from "@/components/registries/prepare-source-config";

export interface SourceStanding {
  tone: "good" | "warn" | "danger" | "plain";
  word: string;
  /** What that means, and what to do. */
  detail: string;
}

export function nameSourceKind(kind: Source["kind"]): string {
  if (kind === "distribution") return "Notifications";
  if (kind === "token-denials") return "Our token endpoint";
  return sourceKindWords[kind].label;
}

/** Whether a source speaks, in words. */
export function describeSource(source: Pick<Source, "kind" | "state" | "secretSet">): SourceStanding {
  // The worker watches it itself: nothing is posted, so there is no secret.
  const isWatched = source.kind === "kubernetes" && !source.secretSet;
  switch (source.state) {
    case "heard":
      return {
        tone: "good",
        word: "heard",
        detail: "Something came through it within the last three minutes.",
      };
    case "silent":
      return {
        tone: "danger",
        word: "silent",
        detail: isWatched
          ? "The cluster does not answer the worker, or no worker watches it: what fails there now is not told."
          : "Our own request each minute does not come back through it: what happens now is not told.",
      };
    case "quiet-or-silent":
      return {
        tone: "warn",
        word: "quiet or silent",
        detail:
          "Nothing came of late. Through this source nothing comes that we could ask for, so nobody can tell.",
      };
    case "ended":
      return { tone: "plain", word: "ended", detail: "Its secret is worth nothing any more." };
    case "never":
      if (isWatched)
        return { tone: "warn", word: "nothing yet", detail: "The worker has not reached the cluster yet." };
      return source.secretSet
        ? {
            tone: "warn",
            word: "nothing yet",
            detail: "Nothing has come through it. Paste the configuration at the sender.",
          }
        : { tone: "plain", word: "not set up", detail: "It has no secret yet." };
  }
}
