import { z } from "zod";
import { exportFormatSchema } from "#lib/exports/schema";
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

const auditFilter = {
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
  /** The very address, as the rows have it. */
  address: z
    .string()
    .regex(/^[0-9a-fA-F:.]{2,45}$/, "An address is written 192.0.2.7 or 2001:db8::7.")
    .transform((text) => text.toLowerCase())
    .optional(),
  /** Part of what the client calls itself. */
  agent: filterTextSchema.optional(),
  requestId: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,80}$/, "A request is named by letters, digits and dashes.")
    .optional(),
  from: timeFilter.optional(),
  /** Not included. */
  to: timeFilter.optional(),
  /** Part of actor, action, target or repository. */
  q: filterTextSchema.optional(),
  sort: sortQuery(["at"]).default("-at"),
};

export const listAuditEventsQuery = z.strictObject({ ...pageQuery, ...auditFilter });
export type ListAuditEventsQuery = z.output<typeof listAuditEventsQuery>;

export const exportAuditEventsQuery = z.strictObject({
  ...auditFilter,
  format: exportFormatSchema.default("csv"),
});
export type ExportAuditEventsQuery = z.output<typeof exportAuditEventsQuery>;

export const checkpointPlaces = ["file", "log", "webhook"] as const;

export const auditChainSchema = z.strictObject({
  /** unknown: it was not checked, or not for some time, or who checked it cannot be believed. */
  state: z.enum(["whole", "broken", "unknown"]),
  /** Changes that are linked; null for who may read a part of the audit only. */
  links: z.int().nullable(),
  /** The last link that was checked, with every one before it; null for who may read a part of the audit only. */
  verifiedThrough: z.int().nullable(),
  verifiedAt: z.iso.datetime().nullable(),
  lastCheckpointAt: z.iso.datetime().nullable(),
  /** Where checkpoints are kept. */
  checkpointPlaces: z.array(z.enum(checkpointPlaces)),
  /** Deliveries of checkpoints to the webhook; null where there is none. */
  webhook: z
    .strictObject({ deliveredAt: z.iso.datetime().nullable(), failingSince: z.iso.datetime().nullable() })
    .nullable(),
  firstBreak: z
    .strictObject({
      seq: z.int().nullable(),
      eventId: z.string().nullable(),
      /** A sentence. */
      what: z.string(),
    })
    .nullable(),
});
export type AuditChain = z.infer<typeof auditChainSchema>;
