/** A next step as a button says it, and what is left to explain. */
export function splitStep(text: string): { label: string; detail: string | null } {
  const [label = "", ...rest] = text.replace(/\.$/, "").split(/: |\. /);
  const detail = rest.join(". ").trim();
  if (detail === "") return { label, detail: null };
  return { label, detail: `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.` };
}
