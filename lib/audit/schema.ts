import { z } from "zod";
import { pageOf, pageQuery, sortQuery } from "#lib/http/page-schema";
import { filterTextSchema, registrySlugSchema, repositoryNameSchema } from "#lib/inventory/schema";

export const auditOutcomes = ["succeeded", "denied", "failed", "intent"] as const;

export const auditEventSchema = z.strictObject({
  id: z.string(),
  at: z.iso.datetime(),
  /** user, api-key, system or nobody. */
  actorKind: z.string(),
  actor: z.string(),
  address: z.string().nullable(),
  agent: z.string().nullable(),
  action: z.string(),
  target: z.string(),
  registry: z.string().nullable(),
  repository: z.string().nullable(),
  /** intent: something outside was about to change and no outcome has been written. */
  outcome: z.enum(auditOutcomes),
  requestId: z.string(),
  before: z.json(),
  after: z.json(),
});
export type AuditEvent = z.infer<typeof auditEventSchema>;

export const auditEventPageSchema = pageOf(auditEventSchema);

const timeFilter = z.iso
  .datetime({ offset: true, error: "A time is written 2026-01-31T12:00:00Z." })
  .transform((text) => new Date(text));

export const listAuditEventsQuery = z.strictObject({
  ...pageQuery,
  /** The very actor. */
  actor: filterTextSchema.optional(),
  /** The very action, or the beginning of one that ends in a dot: tag.delete, tag. */
  action: z
    .string()
    .regex(/^[a-z][a-z.-]{0,60}$/, "An action is written noun.verb, such as tag.delete.")
    .optional(),
  /** Part of the target. */
  target: filterTextSchema.optional(),
  registry: registrySlugSchema.optional(),
  repository: repositoryNameSchema.optional(),
  outcome: z.enum(auditOutcomes).optional(),
  from: timeFilter.optional(),
  /** Not included. */
  to: timeFilter.optional(),
  /** Part of actor, action, target or repository. */
  q: filterTextSchema.optional(),
  sort: sortQuery(["at"]).default("-at"),
});
export type ListAuditEventsQuery = z.output<typeof listAuditEventsQuery>;
