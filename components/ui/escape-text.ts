// Control and format characters (bidi marks, zero widths), line separators, and halves of surrogate pairs.
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Hostile text with every invisible character written out as \u{…}. */
export function escapeText(text: string): string {
  return text.replace(unseen, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}
