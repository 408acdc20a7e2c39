/** Pages of the sign-in endpoint itself: a sentence and a link, and the browser moves on by itself. */

export function prepareThrottledPage(retryAfterSeconds: number, target: string): Response {
  const query = new URLSearchParams({ error: "throttled", wait: String(retryAfterSeconds) });
  if (target !== "/") query.set("callbackUrl", target);
  return preparePage(429, `/sign-in?${query}`, "Too many tries. Back to the sign-in page", {
    "retry-after": String(retryAfterSeconds),
  });
}

/**
 * Leads to the identity provider. Not a redirect: browsers hold the whole chain of redirects after a form against
 * form-action, and the provider may send people on to anywhere.
 */
export function prepareLeavePage(location: string, from: Headers): Response {
  const page = preparePage(200, location, "Go on to the identity provider", {});
  for (const cookie of from.getSetCookie()) page.headers.append("set-cookie", cookie);
  return page;
}

function preparePage(
  status: number,
  location: string,
  text: string,
  headers: Record<string, string>,
): Response {
  const href = new URL(location, "http://console.invalid").href.replace("http://console.invalid", "");
  const escaped = href.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Wharfinger</title><p><a href="${escaped}">${text}</a></p></html>`;
  return new Response(html, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "private, no-store",
      refresh: `0;url=${href}`,
      ...headers,
    },
  });
}
