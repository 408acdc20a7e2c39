import type { Enforcement, EnforcementState, TokenMode } from "#lib/enforcement/schema";

interface Standing {
  word: string;
  tone: "good" | "warn" | "danger" | "plain";
  /** What it means for somebody who pulls or pushes. */
  meaning: string;
}

const standings: Record<EnforcementState, Standing> = {
  on: {
    word: "on",
    tone: "good",
    meaning: "This console gives out tokens by the grants alone.",
  },
  off: {
    word: "off",
    tone: "plain",
    meaning:
      "Grants are written down, and hold only where the registry asks this console for tokens all the same. What is done in the console needs no grant.",
  },
  suspended: {
    word: "suspended",
    tone: "danger",
    meaning:
      "Emergency: any right credentials may pull and push everything. Grants count again when it is turned on.",
  },
};

/** How enforcement stands, where what is set and what was seen from outside may differ. */
export function describeEnforcement(
  enforcement: Pick<Enforcement, "state" | "check">,
): Standing & { contradiction: string | null } {
  const standing = standings[enforcement.state];
  const seen = enforcement.check?.seen;
  if (enforcement.state === "on" && seen === "off")
    return {
      ...standing,
      tone: "danger",
      contradiction:
        "The last check saw that the registry does not ask for our tokens: grants hold nobody back. Give it the configuration below.",
    };
  if (enforcement.state === "off" && seen === "on")
    return {
      ...standing,
      tone: "warn",
      contradiction:
        "The last check saw that the registry asks for our tokens: grants hold for its clients, and not for what is done in the console. Turn it on.",
    };
  return { ...standing, contradiction: null };
}

export const modeWords: Record<TokenMode, string> = {
  certificate: "certificate (distribution 2.8)",
  jwks: "key set (distribution 3)",
  key: "one key (zot)",
};

export const kindWords: Record<Enforcement["setup"][number]["registryKind"], string> = {
  "distribution-2.8": "distribution 2.8",
  "distribution-3": "distribution 3",
  zot: "zot",
};
