export type SearchReading =
  | { readAs: "empty" }
  /** `from` to `to` is the range of digests with that beginning; to is not part of it. */
  | { readAs: "digest"; from: string; to: string; alsoText: boolean }
  | { readAs: "reference"; text: string }
  | { readAs: "text"; text: string };

const digestPrefix = /^(sha256|sha512):([a-f0-9]{0,128})$/;
const bareHex = /^[a-f0-9]{6,128}$/;

/** What somebody means: a digest or its beginning, a reference, or just a part of a name. */
export function readSearch(input: string): SearchReading {
  const text = input.trim();
  if (text === "") return { readAs: "empty" };
  const lower = text.toLowerCase();
  const written = digestPrefix.exec(lower);
  // "g" is the character after "f": the end of everything that goes on in hex.
  if (written) return { readAs: "digest", from: lower, to: `${lower}g`, alsoText: false };
  if (bareHex.test(lower))
    return { readAs: "digest", from: `sha256:${lower}`, to: `sha256:${lower}g`, alsoText: true };
  if (/[/:@]/.test(text)) return { readAs: "reference", text };
  return { readAs: "text", text };
}

/** The lower the better: the whole name, its last part, a beginning, a beginning of a part, anywhere. */
export function scoreName(name: string, wanted: string): number {
  const text = name.toLowerCase();
  const query = wanted.toLowerCase();
  if (text === query) return 0;
  if (text.endsWith(`/${query}`)) return 1;
  if (text.startsWith(query)) return 2;
  if (text.includes(`/${query}`)) return 3;
  return text.includes(query) ? 4 : 5;
}

/** `team/api:v1` as a part of a name and the beginning of a tag; null when there is no colon to part them. */
export function splitNameAndTag(text: string): { name: string; tag: string } | null {
  const withoutDigest = text.split("@")[0] ?? "";
  const colon = withoutDigest.lastIndexOf(":");
  if (colon === -1 || withoutDigest.slice(colon).includes("/")) return null;
  return { name: withoutDigest.slice(0, colon), tag: withoutDigest.slice(colon + 1) };
}
