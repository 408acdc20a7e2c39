import { z } from "zod";
import { askedTimes } from "#lib/auth/schema";
import { exportFormatSchema } from "#lib/exports/schema";
import { pageOf, pageQuery, sortQuery } from "#lib/http/page-schema";
import { filterTextSchema, registrySlugSchema, repositoryNameSchema } from "#lib/inventory/schema";

export const auditOutcomes = ["succeeded", "denied", "failed", "intent"] as const;

/** A change made in the console, or an event of a registry. */
export const auditEventKinds = ["change", "event"] as const;
export type AuditEventKind = (typeof auditEventKinds)[number];

export const auditKinds = ["changes", "events", "all"] as const;
export type AuditKinds = (typeof auditKinds)[number];

export const auditEventSchema = z.strictObject({
  /** Unique among its kind. */
  id: z.string(),
  at: z.iso.datetime(),
  /** user, api-key, system or nobody; registry-client of every registry event. */
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
  /** Of a registry event what its source calls it. */
  requestId: z.string(),
  before: z.json(),
  /** Of a registry event everything that was told: side, source, cause, digest, message, count, raw and more. */
  after: z.json(),
  kind: z.enum(auditEventKinds),
});
export type AuditEvent = z.infer<typeof auditEventSchema>;

export const auditEventPageSchema = pageOf(auditEventSchema);

const timeFilter = askedTimes(
  z.iso.datetime({ offset: true, error: "A time is written 2026-01-31T12:00:00Z." }),
).transform((text) => new Date(text));

const auditFilter = {
  /** Changes made in the console, events of registries, or both in one order. */
  of: z.enum(auditKinds).default("changes"),
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
  /** The very request, or the identity of a registry event. */
  requestId: z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, "A request or an event is named by at most 200 characters without blanks.")
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
