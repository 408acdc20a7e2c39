import type { z } from "zod";

const kinds: Record<string, string> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  null: "null",
};

const forms: Record<string, string> = {
  datetime: "This must be a time in UTC, such as 2026-03-01T12:00:00Z.",
  date: "This must be a date, such as 2026-03-01.",
  url: "This must be a web address.",
  uuid: "This is not the id of anything.",
  email: "This must be an e-mail address.",
};

/** What is wrong with a value in words for whoever sent it; used where the schema has no sentence of its own. */
export function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "This is missing.";
      return `This must be ${kinds[issue.expected] ?? issue.expected}.`;
    case "invalid_value":
      return `This must be ${issue.values.length === 1 ? "" : "one of "}${issue.values.map(String).join(", ")}.`;
    case "too_small":
      if (issue.origin === "string" && issue.minimum === 1) return "This must not be empty.";
      return `This must ${measure(issue.origin, "at least", issue.minimum)}.`;
    case "too_big":
      return `This must ${measure(issue.origin, "at most", issue.maximum)}.`;
    case "invalid_format":
      return forms[issue.format] ?? "This is not in the right form.";
    case "not_multiple_of":
      return `This must be a multiple of ${issue.divisor}.`;
    case "invalid_union":
      return "This has none of the allowed forms.";
    default:
      return undefined;
  }
}

function measure(origin: string, bound: string, limit: number | bigint): string {
  const one = Number(limit) === 1;
  if (origin === "string") return `have ${bound} ${limit} ${one ? "character" : "characters"}`;
  if (["array", "set", "map", "object"].includes(origin))
    return `have ${bound} ${limit} ${one ? "entry" : "entries"}`;
  return `be ${bound} ${limit}`;
}
