import type { Crumb } from "@/components/ui/breadcrumb";
import { shortenDigest } from "@/components/ui/digest";

const names: Record<string, string> = {
  images: "Repositories",
  compare: "Compare",
  failures: "Failed pulls",
  diagnose: "Explain a failed pull",
  activity: "Activity",
  audit: "Audit",
  registries: "Registries",
  settings: "Settings",
  people: "People",
  teams: "Teams",
  roles: "Roles",
  "api-keys": "API keys",
  sessions: "Sessions",
  networks: "Networks",
  alerts: "Alerts",
  access: "Access",
  grants: "Grants",
  principals: "Principals",
  "who-can": "Who can …?",
  suggestions: "Suggestions",
  denied: "Denied",
  requests: "Requests",
  protected: "Protected",
  "as-code": "As code",
  mine: "My access",
  edit: "Change",
  new: "New",
};

/** Ids say nothing to a person: the word for the thing stands in their place. */
const nouns: Record<string, string> = { grants: "Grant", principals: "Principal" };

export function pathToCrumbs(pathname: string): Crumb[] {
  const parts = pathname.split("/").filter(Boolean).map(decode);
  const first = parts[0];
  if (first === undefined) return [{ label: "Home" }];
  if (first !== "images" || parts.length === 1)
    return parts.map((part, index) => ({
      label: labelOf(part, parts[index - 1]),
      href: `/${parts
        .slice(0, index + 1)
        .map(encodeURIComponent)
        .join("/")}`,
    }));
  return referenceToCrumbs(parts.slice(1));
}

function labelOf(part: string, before: string | undefined): string {
  if (before !== undefined && /^[0-9a-f]{8}-/.test(part)) return nouns[before] ?? part;
  if (before === "registries") return part === "new" ? "Connect" : part;
  return names[part] ?? part;
}

/** registry / team / api : tag, or @ digest. Each path part leads to the list below it. */
function referenceToCrumbs(parts: string[]): Crumb[] {
  const crumbs: Crumb[] = [];
  const registry = parts[0] ?? "";
  crumbs.push({ label: registry, href: `/images?registry=${encodeURIComponent(registry)}` });
  const rest = parts.slice(1).join("/");
  const at = rest.indexOf("@");
  const colon = at === -1 ? rest.indexOf(":") : at;
  const repository = colon === -1 ? rest : rest.slice(0, colon);
  const names = repository.split("/").filter(Boolean);
  names.forEach((name, index) => {
    const path = names.slice(0, index + 1).join("/");
    const whole = index === names.length - 1;
    crumbs.push({
      label: name,
      href: whole
        ? `/images/${encodeURIComponent(registry)}/${path}`
        : `/images?registry=${encodeURIComponent(registry)}&prefix=${encodeURIComponent(path)}`,
    });
  });
  if (colon !== -1) {
    const reference = rest.slice(colon + 1);
    crumbs.push(
      at === -1 ? { label: reference, before: ":" } : { label: shortenDigest(reference), before: "@" },
    );
  }
  return crumbs;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
