import { expect, it } from "vitest";
import { z } from "zod";
import { HttpError } from "#lib/http/errors";
import { parseWith } from "#lib/http/parse-request";

const schema = z.strictObject({
  name: z.string().min(1),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  sort: z.enum(["name", "-name"]).default("name"),
  at: z.iso.datetime().optional(),
  patterns: z.array(z.string()).min(1).max(2).optional(),
  own: z
    .string()
    .refine((text) => text !== "no", "Say yes.")
    .optional(),
});

function problemOf(value: object): string[] {
  try {
    parseWith(schema, { name: "x", ...value }, "body");
  } catch (error) {
    if (error instanceof HttpError) return error.fields.map(({ field, message }) => `${field}: ${message}`);
    throw error;
  }
  return [];
}

it.each([
  [{ name: undefined }, "name: This is missing."],
  [{ name: 7 }, "name: This must be text."],
  [{ name: "" }, "name: This must not be empty."],
  [{ limit: 0 }, "limit: This must be at least 1."],
  [{ limit: 501 }, "limit: This must be at most 500."],
  [{ limit: 1.5 }, "limit: This must be a whole number."],
  [{ sort: "size" }, "sort: This must be one of name, -name."],
  [{ at: "yesterday" }, "at: This must be a time in UTC, such as 2026-03-01T12:00:00Z."],
  [{ patterns: "x" }, "patterns: This must be a list."],
  [{ patterns: [] }, "patterns: This must have at least 1 entry."],
  [{ own: "no" }, "own: Say yes."],
  [{ other: 1 }, "other: This field is not known here."],
])("%j: %s", (value, sentence) => {
  expect(problemOf(value)).toEqual([sentence]);
});
