/**
 * Where to go after signing in: an address of this console as a path, or "/". Everything else, from other hosts to
 * addresses that a browser would read differently than we do, becomes "/".
 */
export function readCallbackPath(value: string | null | undefined, baseOrigin: string): string {
  if (!value || value.length > 2000 || /[\\\s\p{C}]/u.test(value)) return "/";
  if (!value.startsWith("/") && !value.startsWith(`${baseOrigin}/`)) return "/";
  if (value.startsWith("//") || !URL.canParse(value, baseOrigin)) return "/";
  const url = new URL(value, baseOrigin);
  if (url.origin !== baseOrigin || url.pathname.startsWith("//")) return "/";
  // The sign-in page itself would be a circle.
  if (url.pathname === "/sign-in" || url.pathname.startsWith("/api/auth")) return "/";
  return `${url.pathname}${url.search}${url.hash}`;
}
