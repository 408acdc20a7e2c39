/** Signs in as the sign-in page does and returns the cookies as a header. */
export async function signIn(url: string, login: string, password: string): Promise<string> {
  const cookies = new Map<string, string>();
  const take = (response: Response) => {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
  };
  const header = () => [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const first = await fetch(`${url}/api/auth/csrf`);
  take(first);
  const { csrfToken } = (await first.json()) as { csrfToken: string };
  const answer = await fetch(`${url}/api/auth/callback/credentials`, {
    method: "POST",
    redirect: "manual",
    headers: { origin: url, cookie: header() },
    body: new URLSearchParams({ csrfToken, login, password, json: "true" }),
  });
  take(answer);
  if (![...cookies.keys()].some((name) => name.includes("session")))
    throw new Error(`Signing in to ${url} failed with ${answer.status}.`);
  return header();
}
