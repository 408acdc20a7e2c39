/** What went wrong at sign-in and what to do, in a sentence; null when nothing did. */
export function describeSignInError(
  error: string | null,
  waitSeconds: number | null,
  providerName: string,
): string | null {
  switch (error) {
    case null:
      return null;
    case "credentials":
      return "This login and password do not go together. Check both and try again.";
    case "throttled":
      return `Too many tries. Wait ${describeWait(waitSeconds)}, then try again.`;
    case "cookies":
      return "This browser keeps no cookies for this address. Allow them to sign in.";
    case "denied":
    case "AccessDenied":
      return `${providerName} knows you, but your account here is disabled. An admin can enable it.`;
    case "OAuthSignin":
    case "OAuthCallback":
    case "Callback":
      return `${providerName} did not confirm who you are. Try again; if that does not help, tell an admin.`;
    default:
      return "Signing in did not work. Try again.";
  }
}

function describeWait(seconds: number | null): string {
  if (seconds === null) return "a little";
  if (seconds <= 90) return seconds === 1 ? "a second" : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
