export interface DocumentProblem {
  line: number;
  message: string;
}

/** More of them help nobody. */
export const mostProblems = 100;

/** A piece of the document that is read by itself. */
export interface Chunk {
  /** Line of its first line in the document, from 1. */
  line: number;
  text: string;
}

export interface Section {
  line: number;
  /** What stands behind the colon, with the lines that belong to it; null when a list follows. */
  inline: Chunk | null;
  items: Chunk[];
}

export const documentKeys = ["version", "principals", "grants", "protections"] as const;
export type DocumentKey = (typeof documentKeys)[number];

// The time that YAML takes to read grows with the square of some texts: pieces of this size are read in no time.
const longestChunk = 8_000;
const mostLines = 200;

/**
 * Cuts the document into its top keys and the entries of their lists, by indentation alone. As aliases are refused, each
 * piece means the same by itself; a text that is cut in its middle is one that does not end, and so an error.
 */
export function splitDocument(text: string): {
  sections: Map<DocumentKey, Section>;
  problems: DocumentProblem[];
} {
  const sections = new Map<DocumentKey, Section>();
  const problems: DocumentProblem[] = [];
  const lines = text.replace(/^\ufeff/, "").split(/\r\n?|\n/);
  let section: Section | null = null;
  let chunk: { line: number; lines: string[] } | null = null;
  let indent: number | null = null;

  const close = (into: (closed: Chunk) => void) => {
    if (!chunk) return;
    const closed = { line: chunk.line, text: chunk.lines.join("\n") };
    if (closed.text.length > longestChunk || chunk.lines.length > mostLines)
      problems.push({
        line: closed.line,
        message: "This entry is too long. Write each entry of a list on lines of its own.",
      });
    else into(closed);
    chunk = null;
  };
  const closeInto = (open: Section | null) =>
    close((closed) => {
      if (open && indent !== null) open.items.push(closed);
      else if (open) open.inline = closed;
    });

  for (const [index, content] of lines.entries()) {
    const line = index + 1;
    if (problems.length >= mostProblems) break;
    if (/^\s*(?:#|$)/.test(content)) {
      // Inside of a text of several lines it may be a part of it.
      chunk?.lines.push(content);
      continue;
    }
    const isTop = !/^(?:[ \t]|-(?:\s|$))/.test(content);
    if (isTop) {
      closeInto(section);
      if (content.trimEnd() === "---" && section === null) continue;
      const match = /^([a-z]+)[ \t]*:(?:[ \t]+(.*))?$/.exec(content);
      const key = documentKeys.find((known) => known === match?.[1]);
      section = { line, inline: null, items: [] };
      indent = null;
      if (!match || !key) {
        problems.push({
          line,
          message: `${content.slice(0, 60)} is not known here: write ${documentKeys.join(", ")}.`,
        });
        continue;
      }
      if (sections.has(key)) problems.push({ line, message: `${key} stands here twice.` });
      sections.set(key, section);
      const rest = match[2] ?? "";
      if (!/^(?:#|$)/.test(rest)) chunk = { line, lines: [rest] };
      continue;
    }
    const dash = /^([ \t]*)-(?:\s|$)/.exec(content);
    const startsList = chunk === null && indent === null && dash !== null;
    if (startsList) indent = dash[1]?.length ?? 0;
    if (dash && indent !== null && dash[1]?.length === indent) {
      closeInto(section);
      chunk = { line, lines: [] };
    }
    chunk ??= { line, lines: [] };
    chunk.lines.push(content);
  }
  closeInto(section);
  return { sections, problems };
}
