import type { ConsoleUnderTest } from "./console-under-test.ts";
import { readJson, sendRequest, type TestAnswer } from "./send-request.ts";

/** Cookies as a browser keeps them: by name, the last one wins, empty or expired ones go. */
export class CookieJar {
  private readonly cookies = new Map<string, string>();

  take(answer: TestAnswer): void {
    for (const line of answer.cookies) {
      const [pair = "", ...attributes] = line.split(";");
      const name = pair.slice(0, pair.indexOf("=")).trim();
      const value = pair.slice(pair.indexOf("=") + 1).trim();
      const expired = attributes.some(
        (text) => /^\s*max-age=0\s*$/i.test(text) || /expires=Thu, 01 Jan 1970/i.test(text),
      );
      if (value === "" || expired) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }

  get(part: string): string | undefined {
    for (const [name, value] of this.cookies) if (name.includes(part)) return value;
    return undefined;
  }

  format(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }
}

export interface SignIn {
  ok: boolean;
  jar: CookieJar;
  answer: TestAnswer;
}

/** Signs in over HTTP as the sign-in page does: a token against forged forms first, then login and password. */
export async function signIn(
  console: ConsoleUnderTest,
  origin: string,
  login: string,
  password: string,
  jar = new CookieJar(),
  headers: Record<string, string> = {},
): Promise<SignIn> {
  const first = await sendRequest(console, {
    path: "/api/auth/csrf",
    headers: { ...headers, cookie: jar.format() },
  });
  jar.take(first);
  const { csrfToken } = readJson(first);
  const before = jar.get("session");
  const answer = await sendRequest(console, {
    method: "POST",
    path: "/api/auth/callback/credentials",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      origin,
      ...headers,
      cookie: jar.format(),
    },
    body: new URLSearchParams({ csrfToken: String(csrfToken), login, password, json: "true" }).toString(),
  });
  jar.take(answer);
  const session = jar.get("session");
  return { ok: session !== undefined && session !== before, jar, answer };
}

export async function signOut(
  console: ConsoleUnderTest,
  origin: string,
  jar: CookieJar,
): Promise<TestAnswer> {
  const first = await sendRequest(console, { path: "/api/auth/csrf", headers: { cookie: jar.format() } });
  jar.take(first);
  const { csrfToken } = readJson(first);
  const answer = await sendRequest(console, {
    method: "POST",
    path: "/api/auth/signout",
    headers: { "content-type": "application/x-www-form-urlencoded", origin, cookie: jar.format() },
    body: new URLSearchParams({ csrfToken: String(csrfToken), json: "true" }).toString(),
  });
  jar.take(answer);
  return answer;
}
