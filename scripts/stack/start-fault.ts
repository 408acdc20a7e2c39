/** A reason why nothing could be started, in one sentence a person can act on; shown without a stack. */
export class StartFault extends Error {
  override readonly name = "StartFault";
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The code of a Node.js error such as ENOENT, or "". */
export function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return "";
}
