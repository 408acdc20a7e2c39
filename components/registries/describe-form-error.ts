import { ApiError, describeError } from "@/components/query/api-error";

const marked = new Set([
  "url",
  "slug",
  "name",
  "credentialKind",
  "username",
  "secret",
  "caPem",
  "pinnedRealm",
  "requestsPerSecond",
  "syncEveryMinutes",
  "repositorySource",
  "repositoryNames",
  "protectedPatterns",
]);

/** The sentence at the end of a form whose fields show their own: it only says where to look. */
export function describeFormError(error: unknown): string {
  const fields = error instanceof ApiError ? error.fields : [];
  if (fields.length === 0 || !fields.every(({ field }) => marked.has(field.split(".")[0] ?? "")))
    return describeError(error);
  return fields.length === 1
    ? "One field is not right yet; it is marked."
    : "Some fields are not right yet; they are marked.";
}
