import { ApiError } from "@/components/query/api-error";
import { fetchJson } from "@/components/query/fetch-json";

/** Ends the session at the server, then leaves with a full page load, so that nothing stays in memory. */
export async function signOut(): Promise<void> {
  const { csrfToken } = await fetchJson<{ csrfToken: string }>("/api/auth/csrf");
  const response = await fetch("/api/auth/signout", {
    method: "POST",
    credentials: "same-origin",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ csrfToken, callbackUrl: "/sign-in", json: "true" }),
  });
  if (!response.ok) throw new ApiError(response.status, "sign-out", "Signing out did not work. Try again.");
  window.location.assign("/sign-in");
}
