export type Challenge = { scheme: string; parameters: Record<string, string> };

const maxHeaderLength = 8192;
const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const token68 = /[A-Za-z0-9._~+/-]+=*(?=\s*(?:,|$))/y;
const blanks = /[ \t]*/y;

/**
 * Reads the WWW-Authenticate header: several challenges in one header, quoted strings with escapes, commas
 * inside quotes. Scheme and parameter names come out in lower case; the first of equal parameters wins. What
 * cannot be read ends the reading: challenges before it are kept.
 */
export function parseChallenges(header: string | readonly string[] | undefined): Challenge[] {
  if (header === undefined) return [];
  const text = typeof header === "string" ? header : header.join(", ");
  if (text.length > maxHeaderLength) return [];
  const challenges: Challenge[] = [];
  let current: Challenge | null = null;
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) return null;
    at = pattern.lastIndex;
    return match[0];
  };
  for (;;) {
    take(blanks);
    while (text[at] === ",") {
      at += 1;
      take(blanks);
    }
    if (at >= text.length) return challenges;
    const name = take(token);
    if (name === null) return challenges;
    const afterName = at;
    take(blanks);
    if (text[at] === "=" && current !== null) {
      at += 1;
      take(blanks);
      const value = text[at] === '"' ? takeQuoted() : take(token);
      if (value === null) return challenges;
      const key = name.toLowerCase();
      if (!Object.hasOwn(current.parameters, key)) current.parameters[key] = value;
      continue;
    }
    if (text[at] === "=" || (at === afterName && at < text.length && text[at] !== ",")) return challenges;
    current = { scheme: name.toLowerCase(), parameters: Object.create(null) };
    challenges.push(current);
    skipToken68();
  }

  function takeQuoted(): string | null {
    let value = "";
    for (let index = at + 1; index < text.length; index += 1) {
      const char = text[index];
      if (char === '"') {
        at = index + 1;
        return value;
      }
      if (char === "\\") {
        index += 1;
        value += text[index] ?? "";
      } else value += char;
    }
    return null;
  }

  // `Negotiate abc==`: a blob in the place of parameters. A lone word before a comma could also be the next
  // scheme, but a scheme follows a comma, never a blank.
  function skipToken68(): void {
    const start = at;
    if (take(token68) === null) at = start;
  }
}
