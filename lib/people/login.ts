const pattern = /^[a-z0-9](?:[a-z0-9._@+-]{0,62}[a-z0-9])?$/;

/** Lower-case ASCII only: two logins that look alike to a person are the same to us, or not allowed. */
export function isLogin(text: string): boolean {
  return pattern.test(text);
}

/** What was typed at sign-in as a login, or null when no account can have it. */
export function readLogin(typed: string): string | null {
  const trimmed = typed.trim();
  // Checked before lower-casing: some letters of other scripts become ASCII by it.
  if (!/^[\x21-\x7e]{1,64}$/.test(trimmed)) return null;
  const login = trimmed.toLowerCase();
  return isLogin(login) ? login : null;
}

/** A free login for somebody whom an identity provider names so; the name is a courtesy, the subject decides. */
export function prepareOidcLogin(wanted: string, taken: ReadonlySet<string>): string {
  const base = trimLogin(
    wanted
      .normalize("NFKD")
      .replace(/[^\x21-\x7e]/g, "")
      .toLowerCase()
      .replace(/[^a-z0-9._@+-]/g, "-"),
  );
  for (let suffix = 1; ; suffix++) {
    const login = suffix === 1 ? base : `${base}-${suffix}`;
    if (isLogin(login) && !taken.has(login)) return login;
  }
}

function trimLogin(text: string): string {
  const cut = text
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, 56)
    .replace(/[^a-z0-9]+$/, "");
  return cut === "" ? "user" : cut;
}
