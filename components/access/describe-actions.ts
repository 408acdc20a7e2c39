import type { AccessGrant } from "#lib/grants/schema";

type Action = AccessGrant["actions"][number];

/** As people say it: push and pull. */
const order: readonly Action[] = ["push", "pull", "delete"];

/** Everything that the actions allow: push includes pull. */
export function listActions(actions: readonly Action[]): Action[] {
  if (actions.includes("catalog")) return ["catalog"];
  return order.filter((each) => actions.includes(each) || (each === "pull" && actions.includes("push")));
}

/** What somebody may do, in words: `pull`, `push and pull`, `push, pull and delete`. */
export function describeActions(actions: readonly Action[]): string {
  const words = listActions(actions);
  if (words[0] === "catalog") return "list all repositories";
  if (words.length === 0) return "nothing";
  if (words.length === 1) return words[0] ?? "";
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
