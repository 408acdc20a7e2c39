/**
 * JSON indented without being parsed: numbers, escapes, order and doubled names stay exactly as they are stored.
 * Text that is no JSON comes back with its characters as they were.
 */
export function preparePrettyJson(raw: string): string {
  let out = "";
  let depth = 0;
  let at = 0;
  while (at < raw.length) {
    const char = raw[at] ?? "";
    if (char === '"') {
      const end = endOfString(raw, at);
      out += raw.slice(at, end);
      at = end;
      continue;
    }
    at += 1;
    if (char === "{" || char === "[") {
      const next = skipSpace(raw, at);
      if (raw[next] === "}" || raw[next] === "]") {
        out += char + raw[next];
        at = next + 1;
        continue;
      }
      depth += 1;
      out += char + newLine(depth);
    } else if (char === "}" || char === "]") {
      depth = Math.max(0, depth - 1);
      out += newLine(depth) + char;
    } else if (char === ",") out += char + newLine(depth);
    else if (char === ":") out += ": ";
    else if (!isSpace(char)) out += char;
  }
  return out;
}

function endOfString(raw: string, start: number): number {
  for (let at = start + 1; at < raw.length; at++) {
    if (raw[at] === "\\") at += 1;
    else if (raw[at] === '"') return at + 1;
  }
  return raw.length;
}

function skipSpace(raw: string, start: number): number {
  let at = start;
  while (isSpace(raw[at] ?? "")) at += 1;
  return at;
}

function isSpace(char: string): boolean {
  return char === " " || char === "\n" || char === "\r" || char === "\t";
}

// A hostile document may nest deeper than a screen is wide.
function newLine(depth: number): string {
  return `\n${"  ".repeat(Math.min(depth, 40))}`;
}
