import type { Json } from "#lib/events/signal-fields";

const pair = /([A-Za-z_@][\w.@-]*)=("(?:[^"\\]|\\.)*"|[^\s"]*)/y;

/** The fields of a line `time="…" level=info msg="…"`, or null where it is no such line. What is no pair is passed over. */
export function readLogfmt(line: string): Json | null {
  const fields: [string, string][] = [];
  for (let at = 0; at !== -1 && at < line.length; ) {
    pair.lastIndex = at;
    const match = pair.exec(line);
    if (match !== null) {
      const [, name = "", value = ""] = match;
      fields.push([name, value.startsWith('"') ? unquote(value) : value]);
      at = pair.lastIndex;
    }
    const space = line.indexOf(" ", at);
    at = space === -1 ? -1 : space + 1;
  }
  const read = Object.fromEntries(fields);
  return "msg" in read && ("level" in read || "time" in read) ? read : null;
}

const escapes: Record<string, string> = { n: "\n", t: "\t", r: "\r", a: "", b: "", f: "", v: "" };

/** Undoes what Go's `%q` does. */
function unquote(text: string): string {
  return text
    .slice(1, -1)
    .replace(
      /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/gs,
      (_whole, byte?: string, unit?: string, point?: string, character?: string) => {
        if (character !== undefined) return escapes[character] ?? character;
        const code = Number.parseInt(byte ?? unit ?? point ?? "", 16);
        return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
      },
    );
}
