/** A line of an image's history, as the person who wrote the Dockerfile would know it. */
export interface BuildStep {
  /** FROM-like word in capitals: RUN, COPY, ENV …; null where the line follows no such form. */
  instruction: string | null;
  /** What to show on one line. */
  text: string;
  /** The line as it was recorded. */
  whole: string;
}

const instructions =
  /^(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)(?=\s)/;

/**
 * Builders write their history in several dialects: the classic builder wraps everything in a shell call with
 * `#(nop)` for what ran nothing, BuildKit ends with `# buildkit` and puts build arguments before the command.
 */
export function prepareBuildStep(createdBy: string | null): BuildStep | null {
  if (createdBy === null) return null;
  const whole = createdBy;
  let text = createdBy.replace(/\s+/g, " ").trim();
  if (text === "") return null;
  if (text.endsWith("# buildkit")) text = text.slice(0, -"# buildkit".length).trim();

  const nothingRan = /^\/bin\/sh -c #\(nop\) ?/.exec(text);
  if (nothingRan) {
    text = text.slice(nothingRan[0].length).trim();
  } else {
    const [lead, rest] = text.startsWith("RUN ") ? ["RUN ", text.slice(4)] : ["", text];
    const ran = stripShell(rest);
    if (ran !== null) text = `RUN ${ran}`;
    else text = lead + rest;
  }
  const ports = /^EXPOSE map\[([^[\]]*)\]$/.exec(text)?.[1];
  if (ports !== undefined) text = `EXPOSE ${ports.replaceAll(":{}", "")}`;
  const match = instructions.exec(text);
  return { instruction: match?.[1] ?? null, text, whole };
}

/** The command of `/bin/sh -c command`, also behind `|2 A=1 B=2`; null for anything else. */
function stripShell(text: string): string | null {
  if (text.startsWith("/bin/sh -c ")) return text.slice("/bin/sh -c ".length).trim();
  if (!/^\|\d+ /.test(text)) return null;
  const at = text.indexOf("/bin/sh -c ");
  return at === -1 ? null : text.slice(at + "/bin/sh -c ".length).trim();
}
