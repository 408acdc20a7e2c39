import type { AskedResource } from "#lib/tokens/rules-scope";
import { parseScopes } from "#lib/tokens/rules-scope";

export interface Credentials {
  username: string;
  password: string;
}

export type CredentialsParse = { ok: true; credentials: Credentials | null } | { ok: false };

const longestHeader = 24_000;
const basic = /^Basic(?: +([A-Za-z0-9+/_-]*)={0,2} *)?$/i;

/**
 * What an Authorization header carries. Nothing, or a name and a secret that are both empty, is nobody; anything but
 * well-formed basic credentials is an error, because whoever sends it meant to be somebody.
 */
export function parseBasicCredentials(header: string | undefined): CredentialsParse {
  if (header === undefined || header === "") return { ok: true, credentials: null };
  const match = header.length > longestHeader ? null : basic.exec(header);
  if (match === null) return { ok: false };
  const text = Buffer.from(match[1] ?? "", "base64").toString("utf8");
  if (text === "" || text === ":") return { ok: true, credentials: null };
  const colon = text.indexOf(":");
  if (colon === -1 || text.includes("\ufffd") || text.includes("\0")) return { ok: false };
  return { ok: true, credentials: { username: text.slice(0, colon), password: text.slice(colon + 1) } };
}

export type FormParse = { ok: true; fields: Map<string, string[]> } | { ok: false; problem: string };

const maxFields = 300;

/** `a=b&c=d` with percent-encoding, of a query or a form; broken encoding is refused, never guessed. */
export function parseFormFields(text: string): FormParse {
  const fields = new Map<string, string[]>();
  if (text === "") return { ok: true, fields };
  const parts = text.split("&", maxFields + 1);
  if (parts.length > maxFields)
    return { ok: false, problem: `One request has at most ${maxFields} parameters.` };
  for (const part of parts) {
    if (part === "") continue;
    const cut = part.indexOf("=");
    const name = decode(cut === -1 ? part : part.slice(0, cut));
    const value = cut === -1 ? "" : decode(part.slice(cut + 1));
    if (name === null || value === null)
      return { ok: false, problem: "A parameter is not percent-encoded as it should be." };
    const known = fields.get(name);
    if (known === undefined) fields.set(name, [value]);
    else known.push(value);
  }
  return { ok: true, fields };
}

function decode(text: string): string | null {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return null;
  }
}

/** What every way to ask for a token has in common. */
export interface TokenAsk {
  service: string;
  resources: readonly AskedResource[];
}

export type TokenAskParse = { ok: true; ask: TokenAsk } | { ok: false; problem: string };

export function parseTokenAsk(fields: ReadonlyMap<string, string[]>): TokenAskParse {
  for (const [name, values] of fields)
    if (values.length > 1 && name !== "scope" && single.has(name))
      return { ok: false, problem: `The parameter ${name} is there more than once.` };
  const service = fields.get("service")?.[0] ?? "";
  if (service === "")
    return { ok: false, problem: "The parameter service is missing: the registry's short name." };
  const scopes = parseScopes(fields.get("scope") ?? []);
  if (!scopes.ok) return scopes;
  return { ok: true, ask: { service, resources: scopes.resources } };
}

const single = new Set([
  "service",
  "account",
  "client_id",
  "offline_token",
  "access_type",
  "grant_type",
  "username",
  "password",
  "refresh_token",
]);
