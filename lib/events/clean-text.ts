/** The beginning of a text, without what Postgres cannot store: NUL and halves of surrogate pairs. */
export function cleanText(text: string, longest = text.length): string {
  const beginning = text.length > longest ? text.slice(0, longest) : text;
  if (beginning.isWellFormed() && !beginning.includes("\0")) return beginning;
  return beginning.replaceAll("\0", "\ufffd").toWellFormed();
}
