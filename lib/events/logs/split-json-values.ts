/**
 * The texts of the objects in a text that is no JSON as a whole: written one after the other, or in an array that was cut
 * off or has something broken in it. `rest` says whether anything else was there.
 */
export function splitJsonValues(text: string): { parts: string[]; rest: boolean } {
  const parts: string[] = [];
  let rest = false;
  let at = 0;
  while (at < text.length) {
    const start = text.indexOf("{", at);
    const between = text.slice(at, start === -1 ? text.length : start);
    if (/[^\s,[\]]/.test(between)) rest = true;
    if (start === -1) break;
    const end = findEnd(text, start);
    if (end === -1) return { parts, rest: true };
    parts.push(text.slice(start, end));
    at = end;
  }
  return { parts, rest: rest || parts.length === 0 };
}

/** Where the object that begins at `start` ends, or -1. */
function findEnd(text: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (quoted) {
      if (character === "\\") at += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "{") depth += 1;
    else if (character === "}") {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}
