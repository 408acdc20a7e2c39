/** The beginning of a text, without what Postgres cannot store: NUL and halves of surrogate pairs. */
export function cleanText(text: string, longest = text.length): string {
  return text.slice(0, longest).replaceAll("\0", "\ufffd").toWellFormed();
}
