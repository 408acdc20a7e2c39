import "server-only";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { authenticate } from "#lib/auth/authenticate";
import { type Context, nobody, type Principal } from "#lib/auth/context";
import { type Client, readClient } from "#lib/http/client-address";
import { UnauthenticatedError } from "#lib/http/errors";

/** The path and query that a page was asked with; the server's entry writes it. */
export const pathHeader = "x-wharfinger-path";

/**
 * Who asks for a page. Nobody is sent to sign-in and comes back afterwards. One authentication per request,
 * however many parts of the page ask.
 */
export const getPageContext = cache(async (): Promise<Context> => {
  const given = await headers();
  const client = readClient(given);
  const principal = await authenticateForPage(new Headers(given), client);
  if (principal.kind === "nobody") redirect(`/sign-in?callbackUrl=${encodeURIComponent(readPath(given))}`);
  return { principal, requestId: crypto.randomUUID(), now: new Date(), ...client };
});

/** A wrong key is told so by the API; who opens a page with one is nobody, and can sign in. */
async function authenticateForPage(given: Headers, client: Client): Promise<Principal> {
  try {
    return await authenticate(given, client);
  } catch (error) {
    if (error instanceof UnauthenticatedError) return nobody;
    throw error;
  }
}

function readPath(given: Headers): string {
  const path = given.get(pathHeader);
  if (!path?.startsWith("/") || path.startsWith("//")) return "/";
  const url = new URL(path, "http://console.invalid");
  url.searchParams.delete("_rsc");
  return `${url.pathname}${url.search}`;
}
