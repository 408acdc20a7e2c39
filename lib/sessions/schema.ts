import { z } from "zod";
import { timeSchema, uuidSchema } from "#lib/auth/schema";
import { pageOf, pageQuery, sortQuery } from "#lib/http/page-schema";
import { loginSchema } from "#lib/people/schema";

export const sessionSchema = z.strictObject({
  id: z.string(),
  user: z.string(),
  address: z.string().nullable(),
  agent: z.string().nullable(),
  /** The session that asks. */
  current: z.boolean(),
  createdAt: timeSchema,
  lastSeenAt: timeSchema,
  expiresAt: timeSchema,
});
export type Session = z.infer<typeof sessionSchema>;

export const sessionPageSchema = pageOf(sessionSchema);

export const listSessionsQuery = z.strictObject({
  ...pageQuery,
  user: loginSchema.optional(),
  sort: sortQuery(["lastSeenAt", "createdAt"]).default("-lastSeenAt"),
});
export type ListSessionsQuery = z.output<typeof listSessionsQuery>;

export const sessionParams = z.strictObject({ id: uuidSchema });
