export interface GrantInWords {
  principal: { kind: string; name: string };
  registry: string;
  pattern: string | null;
  actions: readonly string[];
  expiresAt: string | null;
  reason?: string;
}

const date = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});

/** "1 March 2027", in UTC. */
export function formatDay(at: Date): string {
  return date.format(at);
}

/** "ci-payments may push and pull payments/** in prod until 1 March 2027 because …" */
export function formatGrantSentence(grant: GrantInWords): string {
  const what =
    grant.pattern === null
      ? `list all repositories of ${grant.registry}`
      : `${formatActions(grant.actions)} ${formatPattern(grant.pattern)} in ${grant.registry}`;
  const until = grant.expiresAt === null ? "" : ` until ${formatDay(new Date(grant.expiresAt))}`;
  const reason = grant.reason ? ` because ${grant.reason}` : "";
  return `${formatHolder(grant.principal)} may ${what}${until}${reason}`;
}

/** Push before pull, as people say it. */
export function formatActions(actions: readonly string[]): string {
  const words = ["push", "pull", "delete"].filter((action) => actions.includes(action));
  const last = words.at(-1) ?? "do nothing with";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}

export function formatHolder({ kind, name }: { kind: string; name: string }): string {
  if (kind === "group") return `Group ${name}`;
  if (kind !== "built-in") return name;
  return name === "everyone" ? "Everyone" : "Everybody who signs in";
}

function formatPattern(pattern: string): string {
  return pattern === "**" ? "every repository" : pattern;
}
