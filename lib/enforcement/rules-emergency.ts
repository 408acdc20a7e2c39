/** The emergency switch opens all but deletions to whoever signs in; those stay with who holds them. */
export function isOpenedByEmergency(enforcement: string, action: string): boolean {
  return enforcement === "suspended" && action !== "delete";
}
