const maxHeaderLength = 8192;
const entry = /<([^<>]*)>((?:\s*;\s*[^\s;,="]+\s*=\s*(?:"[^"]*"|[^\s;,"]*))*)/g;
const relation = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]*))/i;

/** The target of `rel="next"` in a Link header, as written, or null. */
export function findNextLink(header: string | readonly string[] | undefined): string | null {
  if (header === undefined) return null;
  const text = typeof header === "string" ? header : header.join(", ");
  if (text.length > maxHeaderLength) return null;
  for (const match of text.matchAll(entry)) {
    const [, target, parameters] = match;
    const rel = relation.exec(parameters ?? "");
    const words = (rel?.[1] ?? rel?.[2] ?? "").toLowerCase().split(/\s+/);
    if (target !== undefined && words.includes("next")) return target;
  }
  return null;
}
