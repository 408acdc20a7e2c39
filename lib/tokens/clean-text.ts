/**
 * What somebody else wrote, made fit for a row that people read: short, without control characters, and without
 * anything that looks like one of our secrets or a signed token.
 */
export function cleanText(text: string | null | undefined, maxLength: number): string | null {
  if (!text) return null;
  const clean = text
    .slice(0, 2_000)
    .replace(/\p{C}/gu, " ")
    .replace(/wf([sr])_[\w-]+/g, "wf$1_…")
    .replace(/eyJ[\w-]{4,}[\w.-]*/g, "eyJ…")
    .replace(/\b(basic|bearer) +\S+/gi, "$1 …")
    .trim()
    .slice(0, maxLength);
  return clean === "" ? null : clean;
}
