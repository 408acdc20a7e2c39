import { z } from "zod";
import { labelSchema, patternSchema, remarkSchema, timeSchema } from "#lib/auth/schema";
import { pageOf, pageQuery, sortQuery } from "#lib/http/page-schema";
import { filterTextSchema, registrySlugSchema } from "#lib/inventory/schema";
import { loginSchema } from "#lib/people/schema";

export const teamSlugSchema = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    "A team's slug has up to 63 lower-case letters, digits and dashes, and begins and ends with a letter or digit.",
  );

export const teamSchema = z.strictObject({
  slug: z.string(),
  name: z.string(),
  description: z.string(),
  createdAt: timeSchema,
  /** Null when you may not see who is in it. */
  members: z.array(z.strictObject({ login: z.string(), name: z.string() })).nullable(),
  /** As far as they reach into what you may see. */
  patterns: z.array(z.strictObject({ registry: z.string().nullable(), pattern: z.string() })),
});
export type Team = z.infer<typeof teamSchema>;

export const teamPageSchema = pageOf(teamSchema);

export const listTeamsQuery = z.strictObject({
  ...pageQuery,
  q: filterTextSchema.optional(),
  sort: sortQuery(["slug", "name"]).default("slug"),
});
export type ListTeamsQuery = z.output<typeof listTeamsQuery>;

export const teamParams = z.strictObject({ slug: teamSlugSchema });

const membersSchema = z.array(loginSchema).max(500);
const patternsSchema = z
  .array(z.strictObject({ registry: registrySlugSchema.nullable().default(null), pattern: patternSchema }))
  .max(200);

export const createTeamBody = z.strictObject({
  slug: teamSlugSchema,
  name: labelSchema,
  description: remarkSchema.default(""),
  members: membersSchema.default([]),
  patterns: patternsSchema.default([]),
});
export type CreateTeamBody = z.output<typeof createTeamBody>;

/** Members and patterns replace what there was. */
export const changeTeamBody = z
  .strictObject({
    name: labelSchema.optional(),
    description: remarkSchema.optional(),
    members: membersSchema.optional(),
    patterns: patternsSchema.optional(),
  })
  .refine(
    (body) => Object.keys(body).length > 0,
    "Say what to change: name, description, members or patterns.",
  );
export type ChangeTeamBody = z.output<typeof changeTeamBody>;
