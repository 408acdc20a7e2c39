// Prints docs/permissions.md from the permission table: node scripts/permissions-doc.ts > docs/permissions.md

import { pathToFileURL } from "node:url";
import { permissionTable, type Role, roles } from "#lib/auth/permissions";

const meanings: Record<keyof typeof permissionTable, string> = {
  "registries.read": "See a registry, its state and what it can tell",
  "registries.write": "Connect, change and disconnect registries",
  "registries.sync": "Start and stop a crawl",
  "repositories.read": "Browse repositories, tags, manifests, history; compare and search",
  "tags.write": "Put a tag back to an earlier digest",
  "tags.delete": "Delete a tag",
  "manifests.delete": "Delete a manifest with all its tags",
  "audit.read": "Read and export who did what",
  "people.read": "See people and the roles they hold",
  "people.write": "Create, disable and reset people; give and take roles",
  "teams.read": "See teams, and filter lists by them",
  "teams.write": "Create, change and delete teams",
  "api-keys.read": "See API keys (never their secret)",
  "api-keys.write": "Create and revoke API keys",
  "sessions.read": "See everybody's sessions",
  "sessions.write": "Revoke anybody's sessions",
  "access.read": "See who may pull, push and delete at registries, by which grant, and what was refused",
  "access.write": "Make robots and workloads and their secrets; write and revoke grants within one's reach",
  "protections.write": "Say which repositories are protected and who may push there",
  "enforcement.write": "Turn enforcement of grants on and off; rotate signing keys",
  "failures.read": "See failed pulls with their cause, and how they stand",
  "failures.write": "Acknowledge, snooze and comment on failed pulls",
  "activity.read": "See how much is pushed and pulled",
  "sources.read": "See where events come from and whether they still do",
  "sources.write": "Make and end sources, and give them secrets",
  "alerts.read": "See alert rules and what was sent",
  "alerts.write": "Write alert rules and where they are sent",
  "networks.read": "See which networks the console may reach",
  "networks.write": "Allow a network, or take that back",
};

export function formatPermissionsDocument(): string {
  const rows = Object.entries(permissionTable).map(([permission, held]) => {
    const marks = roles.map((role) => ((held as readonly Role[]).includes(role) ? "yes" : ""));
    const meaning = meanings[permission as keyof typeof permissionTable];
    return `| \`${permission}\` | ${meaning} | ${marks.join(" | ")} |`;
  });
  return `${[
    "# Permissions",
    "",
    "What each role may do. This page is printed from the table that every call is checked against",
    "(`node scripts/permissions-doc.ts > docs/permissions.md`), and a test fails when the two differ.",
    "",
    `| permission | what it allows | ${roles.join(" | ")} |`,
    `| --- | --- | ${roles.map(() => "---").join(" | ")} |`,
    ...rows,
    "",
    "- A role is held everywhere, for one registry, or for a repository pattern: an exact name, `team/*` (one level",
    "  below) or `team/**` (any depth below).",
    "- What somebody may not see does not exist for them: it answers 404 and is absent from lists, counts and search.",
    "  What they see but may not change answers 403.",
    "- Permissions about the console as a whole (people, teams, keys, sessions, networks, connecting a registry) need",
    "  the role everywhere: an admin of one registry cannot give roles.",
    "- Everybody who is signed in may see and revoke their own sessions and change their own password, see what they",
    "  may do at registries, ask for access, and make registry secrets of their own.",
    "- Grants are written within the reach of `access.write`: the pattern of a grant has to lie inside the pattern of",
    "  the role. They are seen as far as they overlap `access.read`. A robot or workload is changed by its owner and by",
    "  who holds `access.write` everywhere; its owner renews its secrets without any permission. See [grants](grants.md).",
    "- An API key holds one role, in the same three reaches; it works as long as it is neither expired nor revoked.",
  ].join("\n")}\n`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.stdout.write(formatPermissionsDocument());
