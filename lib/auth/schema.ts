import { z } from "zod";
import { isPlainText } from "#lib/auth/is-plain-text";
import { parsePattern } from "#lib/auth/pattern";
import { roles } from "#lib/auth/permissions";
import { registrySlugSchema } from "#lib/inventory/schema";

export const roleSchema = z.enum(roles);

export const patternSchema = z
  .string()
  .refine(
    (text) => parsePattern(text) !== null,
    "A pattern is a repository name, or one that ends in /* (one level) or /** (any depth), or ** for everything.",
  );

/** Where a role holds: everywhere, in one registry, or for the repositories that a pattern matches. */
export const placeFields = {
  registry: registrySlugSchema.nullable().default(null),
  pattern: patternSchema.nullable().default(null),
};

export const uuidSchema = z.uuid("This is not the id of anything.").toLowerCase();

/** What a person reads: any script, no control characters, not only blanks. */
export const labelSchema = z
  .string()
  .trim()
  .min(1, "This must not be empty.")
  .max(100)
  .refine(
    (text) => !/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u.test(text),
    "Control characters are not allowed here.",
  );

/** A sentence or two that somebody writes on one line; may be empty. */
export const remarkSchema = z
  .string()
  .trim()
  .max(500)
  .refine(isPlainText, "Control characters are not allowed here.");

export const timeSchema = z.iso.datetime();
/** Times that somebody asks for: of an age in which calendars and databases agree. */
export function askedTimes(schema: z.ZodISODateTime): z.ZodISODateTime {
  return schema.refine((text) => /^(?:19[7-9]|2\d\d)\d/.test(text), "A time lies between 1970 and 2999.");
}
export const askedTimeSchema = askedTimes(timeSchema);
