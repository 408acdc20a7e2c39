import { type Role, roles } from "#lib/auth/permissions";

export interface OidcSettings {
  issuer: string;
  clientId: string;
  clientSecret: string;
  groupsClaim: string;
  /** Asked for at sign-in; some providers tell groups only for a scope of that name. */
  scope: string;
  /** Which group brings which role, in the order given. */
  roleMap: { group: string; role: Role }[];
  /** What the sign-in button says. */
  name: string;
}

const required = ["WHARFINGER_OIDC_ISSUER", "WHARFINGER_OIDC_CLIENT_ID", "WHARFINGER_OIDC_CLIENT_SECRET"];

/** The settings of one OpenID Connect issuer: none of them, or all three that are needed. */
export function readOidcSettings(environment: Record<string, string | undefined>): {
  settings: OidcSettings | null;
  problems: string[];
} {
  const given = Object.keys(environment).filter((name) => name.startsWith("WHARFINGER_OIDC_"));
  if (given.length === 0) return { settings: null, problems: [] };

  const problems = required
    .filter((name) => !environment[name])
    .map((name) => `${name} must be set, as other WHARFINGER_OIDC_ settings are.`);
  const issuer = environment.WHARFINGER_OIDC_ISSUER ?? "";
  if (issuer && !isIssuer(issuer)) {
    problems.push(
      "WHARFINGER_OIDC_ISSUER must be an https address (http only on localhost), such as https://login.example.com/realms/main.",
    );
  }
  const scope = environment.WHARFINGER_OIDC_SCOPE ?? "openid profile email";
  if (!/^[\x21\x23-\x5b\x5d-\x7e ]{6,500}$/.test(scope) || !scope.split(" ").includes("openid"))
    problems.push("WHARFINGER_OIDC_SCOPE must be words with spaces between them, openid among them.");
  const map = readRoleMap(environment.WHARFINGER_OIDC_ROLE_MAP ?? "");
  problems.push(...map.problems);
  if (problems.length > 0) return { settings: null, problems };
  return {
    settings: {
      issuer,
      clientId: environment.WHARFINGER_OIDC_CLIENT_ID ?? "",
      clientSecret: environment.WHARFINGER_OIDC_CLIENT_SECRET ?? "",
      groupsClaim: environment.WHARFINGER_OIDC_GROUPS_CLAIM ?? "groups",
      scope,
      roleMap: map.entries,
      name: environment.WHARFINGER_OIDC_NAME ?? "Single sign-on",
    },
    problems: [],
  };
}

function readRoleMap(text: string): { entries: OidcSettings["roleMap"]; problems: string[] } {
  const entries: OidcSettings["roleMap"] = [];
  const problems: string[] = [];
  for (const part of text.split(",")) {
    const entry = part.trim();
    if (entry === "") continue;
    const cut = entry.lastIndexOf("=");
    const group = entry.slice(0, cut).trim();
    const role = roles.find((known) => known === entry.slice(cut + 1).trim());
    if (cut > 0 && group && role) entries.push({ group, role });
    else {
      problems.push(
        `WHARFINGER_OIDC_ROLE_MAP must be group=role pairs such as platform=engineer,sec=reviewer; "${entry.slice(0, 60)}" is none (roles: ${roles.join(", ")}).`,
      );
    }
  }
  return { entries, problems };
}

// next-auth would send the client secret there: never in the clear to another machine.
function isIssuer(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  if (url.username || url.password || url.search || url.hash) return false;
  return url.protocol === "https:" || (url.protocol === "http:" && isLocal(url.hostname));
}

function isLocal(hostname: string): boolean {
  return hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
}
