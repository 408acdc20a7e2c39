import type { SearchHit } from "#lib/search/schema";

const key = "wharfinger-recent";
const kept = 8;

/** What was opened through the palette lately, on this machine and for this person. */
export function readRecent(userId: string): SearchHit[] {
  try {
    const stored: unknown = JSON.parse(window.localStorage.getItem(`${key}-${userId}`) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isHit).slice(0, kept) : [];
  } catch {
    return [];
  }
}

export function rememberRecent(userId: string, hit: SearchHit): void {
  const others = readRecent(userId).filter((each) => each.href !== hit.href);
  try {
    window.localStorage.setItem(`${key}-${userId}`, JSON.stringify([hit, ...others].slice(0, kept)));
  } catch {
    // A browser without storage only forgets.
  }
}

function isHit(value: unknown): value is SearchHit {
  if (typeof value !== "object" || value === null) return false;
  const { href, label, type } = value as Record<string, unknown>;
  return (
    typeof href === "string" &&
    href.startsWith("/images/") &&
    typeof label === "string" &&
    typeof type === "string"
  );
}
