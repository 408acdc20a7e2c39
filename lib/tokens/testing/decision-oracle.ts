/** One world of access, as rows that anybody can read. */
export interface OracleWorld {
  /** Whose grants count for who asks. */
  principals: string[];
  grants: {
    principal: string;
    pattern: string | null;
    actions: string[];
    expired: boolean;
    revoked: boolean;
  }[];
  protections: { pattern: string; pushers: string[] }[];
}

/**
 * What a token may hold, by an obvious way to get there: each action of each scope is looked at alone, against every
 * grant, by comparing parts of names. It shares no code with what it judges. Returns `type:name:action` texts.
 */
export function expectAccess(world: OracleWorld, scopes: readonly string[]): Set<string> {
  const allowed = new Set<string>();
  for (const scope of scopes.flatMap((text) => text.split(" "))) {
    const parts = scope.split(":");
    if (parts.length < 3) continue;
    const type = parts[0] ?? "";
    const name = parts.slice(1, -1).join(":");
    const asked = (parts.at(-1) ?? "").split(",");
    // For a repository the star asks for all three; no token ever holds the star itself.
    const all = type === "repository" && name !== "" && asked.includes("*") ? ["pull", "push", "delete"] : [];
    for (const action of [...asked, ...all])
      if (isAllowed(world, type, name, action)) allowed.add(`${type}:${name}:${action}`);
  }
  return allowed;
}

function isAllowed(world: OracleWorld, type: string, name: string, action: string): boolean {
  const live = world.grants.filter(
    (grant) => !grant.revoked && !grant.expired && world.principals.includes(grant.principal),
  );
  const lists = live.some((grant) => grant.pattern === null && grant.actions.includes("catalog"));
  if (type === "registry") return name === "catalog" && action === "*" && lists;
  if (type !== "repository") return false;
  if (name === "") return action === "pull" && lists;
  if (!isName(name) || !["pull", "push", "delete"].includes(action)) return false;
  const given = live.some((grant) => {
    if (grant.pattern === null || !covers(grant.pattern, name)) return false;
    if (action === "pull") return grant.actions.includes("pull") || grant.actions.includes("push");
    const isBuiltIn = grant.principal === "everyone" || grant.principal === "signed-in";
    return !isBuiltIn && grant.actions.includes(action);
  });
  if (!given || action === "pull") return given;
  return world.protections.every(
    ({ pattern, pushers }) =>
      !covers(pattern, name) || pushers.some((pusher) => world.principals.includes(pusher)),
  );
}

/** Letter by letter, as the specification of names says it. */
export function isName(name: string): boolean {
  if (name.length === 0 || name.length > 255) return false;
  return name.split("/").every(isPart);
}

function isPart(part: string): boolean {
  const isLetter = (letter: string | undefined) =>
    letter !== undefined && "abcdefghijklmnopqrstuvwxyz0123456789".includes(letter);
  if (!isLetter(part[0]) || !isLetter(part.at(-1))) return false;
  for (let at = 0; at < part.length; ) {
    if (isLetter(part[at])) {
      at += 1;
      continue;
    }
    let end = at;
    while (end < part.length && !isLetter(part[end])) end += 1;
    const between = part.slice(at, end);
    const isDashes = [...between].every((letter) => letter === "-");
    if (!isDashes && between !== "." && between !== "_" && between !== "__") return false;
    at = end;
  }
  return true;
}

function covers(pattern: string, name: string): boolean {
  const wanted = pattern.split("/");
  const given = name.split("/");
  const last = wanted.at(-1);
  const fixed = last === "*" || last === "**" ? wanted.slice(0, -1) : wanted;
  if (!fixed.every(isPart)) return false;
  if (!fixed.every((part, index) => given[index] === part)) return false;
  if (last === "*") return given.length === fixed.length + 1;
  if (last === "**") return given.length > fixed.length;
  return given.length === fixed.length;
}
