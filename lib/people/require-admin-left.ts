import { ConflictError } from "#lib/http/errors";

/** After anything that may have taken the last admin away: with none left, nobody could ever undo it. */
export function requireAdminLeft(enabledAdmins: number): void {
  if (enabledAdmins > 0) return;
  throw new ConflictError(
    "This is the last account that can sign in as admin everywhere. Make another one first.",
    "last-admin",
  );
}
