import { authenticate } from "#lib/auth/authenticate";
import type { Principal } from "#lib/auth/context";
import { handleSignInRequest } from "#lib/auth/sign-in-endpoint";

/** A browser before the sign-in endpoint, in this process: it keeps cookies and sends forms. */
export class SignInVisitor {
  readonly base: string;
  readonly cookies = new Map<string, string>();

  constructor(base: string) {
    this.base = base;
  }

  async get(path: string): Promise<Response> {
    return this.keep(await sendToSignIn(this.base, path, { headers: { cookie: this.header() } }));
  }

  async post(
    path: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const init = {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { origin: this.base, cookie: this.header(), ...headers },
    };
    return this.keep(await sendToSignIn(this.base, path, init));
  }

  async readCsrfToken(): Promise<string> {
    const answer = (await (await this.get("/api/auth/csrf")).json()) as { csrfToken: string };
    return answer.csrfToken;
  }

  async signInWith(fields: Record<string, string>): Promise<Response> {
    const csrfToken = await this.readCsrfToken();
    return this.post("/api/auth/callback/credentials", { csrfToken, ...fields });
  }

  whoAmI(): Promise<Principal> {
    return authenticate(new Headers({ cookie: this.header() }), { address: null, agent: null });
  }

  header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  private keep(response: Response): Response {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const cut = pair.indexOf("=");
      if (/max-age=0/i.test(line)) this.cookies.delete(pair.slice(0, cut));
      else this.cookies.set(pair.slice(0, cut), pair.slice(cut + 1));
    }
    return response;
  }
}

export function sendToSignIn(base: string, path: string, init: RequestInit = {}): Promise<Response> {
  const url = new URL(path, base);
  return handleSignInRequest(new Request(url, init), url.pathname.split("/").slice(3));
}
