import type { Enforcement } from "#lib/enforcement/schema";

export interface KeyStep {
  step: "prepare" | "activate" | "retire";
  /** What the button says. */
  deed: string;
  /** What happens, and what to do before and after. */
  consequence: string;
  told: string;
}

/** The step of a rotation that comes next: a new key is published, then signs, then the old one is forgotten. */
export function nextKeyStep({ keys, tokenMode }: Pick<Enforcement, "keys" | "tokenMode">): KeyStep {
  const has = (state: "next" | "current" | "retired") => keys.some((key) => key.state === state);
  if (has("next"))
    return {
      step: "activate",
      deed: "Sign with the next key",
      consequence:
        tokenMode === "certificate"
          ? "Both keys come from the same root, so the registry needs no change. Tokens already given out stay good until they expire."
          : tokenMode === "jwks"
            ? "Do this only after the registry has the new key set and was restarted; otherwise it refuses every new token."
            : "zot knows one key: give it the new one and restart it right after this. In between it refuses new tokens.",
      told: "New tokens are signed with the next key",
    };
  if (has("retired"))
    return {
      step: "retire",
      deed: "Forget the old key",
      consequence:
        "It is published no longer. Tokens that it signed have expired when the change of keys is ten minutes old.",
      told: "The old key is forgotten",
    };
  return {
    step: "prepare",
    deed: "Prepare a next key",
    consequence:
      tokenMode === "certificate"
        ? "A key and its certificate are made from the same root. Nothing changes for the registry."
        : "It is published beside the present one and signs nothing yet. Give the registry the new file below, then come back for the next step.",
    told: "A next key is there",
  };
}
