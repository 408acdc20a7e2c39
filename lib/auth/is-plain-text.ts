/** Whether a text holds no control characters and no halves of pairs: one line, and nothing that Postgres refuses. */
export function isPlainText(text: string): boolean {
  return !/[\p{Cc}\p{Cs}]/u.test(text);
}
