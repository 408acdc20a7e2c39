import type { Metadata } from "next";
import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { authenticate } from "#lib/auth/authenticate";
import { readCallbackPath } from "#lib/auth/callback-url";
import { readCsrfToken } from "#lib/auth/csrf-token";
import { getCsrfCookieName } from "#lib/auth/session-secret";
import { readClient } from "#lib/http/client-address";
import { getBaseOrigin } from "#lib/http/same-origin";
import { readOidcSettings } from "#lib/settings/oidc-settings";
import { Logo } from "@/components/shell/logo";
import { describeSignInError } from "@/components/sign-in/describe-sign-in-error";
import { SignInForm } from "@/components/sign-in/sign-in-form";

export const metadata: Metadata = { title: "Sign in" };

type Query = Record<string, string | string[] | undefined>;

export default async function SignInPage({ searchParams }: { searchParams: Promise<Query> }) {
  const query = await searchParams;
  const callbackPath = readCallbackPath(readText(query.callbackUrl), getBaseOrigin());
  const given = new Headers(await headers());
  given.delete("authorization");
  const principal = await authenticate(given, readClient(given));
  if (principal.kind === "user") redirect(callbackPath);

  const error = readText(query.error);
  const tried = error?.startsWith("cookies") === true;
  const shown = tried ? (error?.slice("cookies.".length) ?? null) || null : error;
  const csrfToken = readCsrfToken((await cookies()).get(getCsrfCookieName())?.value);
  if (!csrfToken && !tried) redirect(prepareCookieAddress(callbackPath, shown));

  const provider = readOidcSettings(process.env).settings;
  const wait = Number(readText(query.wait));
  const message = describeSignInError(
    csrfToken ? shown : "cookies",
    Number.isInteger(wait) && wait > 0 && wait <= 86_400 ? wait : null,
    provider?.name ?? "The identity provider",
  );
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-[22rem] flex-col justify-center gap-6 px-5 py-10">
      <Logo />
      <h1 className="text-title font-semibold">Sign in</h1>
      <SignInForm
        csrfToken={csrfToken ?? ""}
        callbackPath={callbackPath}
        message={message}
        providerName={provider?.name ?? null}
      />
    </main>
  );
}

/** A page cannot set the cookie that its form needs; this address does, and leads back here. */
function prepareCookieAddress(callbackPath: string, error: string | null): string {
  const query = new URLSearchParams({
    callbackUrl: callbackPath,
    error: error ? `cookies.${error}` : "cookies",
  });
  return `/api/auth/signin?${query}`;
}

function readText(value: string | string[] | undefined): string | null {
  return typeof value === "string" ? value.slice(0, 2000) : null;
}
