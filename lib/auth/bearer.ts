export type Bearer = { kind: "none" } | { kind: "malformed" } | { kind: "token"; token: string };

/**
 * What an Authorization header carries. Anything but exactly one visible token after "Bearer" is malformed: a caller
 * who meant to authenticate is refused, never taken for nobody or for the owner of a cookie.
 */
export function parseBearer(header: string | null): Bearer {
  if (header === null) return { kind: "none" };
  const match = /^Bearer +([\x21-\x7e]{1,512}) *$/i.exec(header);
  return match?.[1] ? { kind: "token", token: match[1] } : { kind: "malformed" };
}
