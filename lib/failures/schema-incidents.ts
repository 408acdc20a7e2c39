import { z } from "zod";
import { askedTimeSchema, timeSchema } from "#lib/auth/schema";
import { signalSides } from "#lib/events/signal";
import { failureCauseSchema, nextStepSchema } from "#lib/failures/schema";
import { pageOf, pageQuery } from "#lib/http/page-schema";
import { filterTextSchema, registrySlugSchema } from "#lib/inventory/schema";

export const incidentStates = ["open", "acknowledged", "snoozed", "recovered"] as const;
export type IncidentState = (typeof incidentStates)[number];

const countSchema = z.number().int().nonnegative();

export const incidentSchema = z.strictObject({
  id: z.string(),
  /** What happened, as a person would say it. */
  title: z.string(),
  registry: z.string(),
  repository: z.string(),
  /** A tag or a digest; null where nobody told. */
  reference: z.string().nullable(),
  cause: failureCauseSchema,
  state: z.enum(incidentStates),
  /** Nothing was heard of it for a day: neither a failure nor a success. */
  endedQuietly: z.boolean(),
  count: countSchema,
  firstAt: timeSchema,
  lastAt: timeSchema,
  recoveredAt: timeSchema.nullable(),
  subject: z.strictObject({ kind: z.enum(["workload", "principal", "client"]), name: z.string() }),
  principal: z.string().nullable(),
  cluster: z.string().nullable(),
  namespace: z.string().nullable(),
  workload: z.string().nullable(),
  addresses: z.array(z.string()),
  agents: z.array(z.string()),
  nodes: z.array(z.string()),
  acknowledgedBy: z.string().nullable(),
  snoozedUntil: timeSchema.nullable(),
});
export type Incident = z.infer<typeof incidentSchema>;
export const incidentPageSchema = pageOf(incidentSchema);

/** So many lines of what failed are shown of one incident, and so many of what went well beside it. */
export const mostEvidence = 60;

export const evidenceSchema = z.strictObject({
  id: z.string(),
  at: timeSchema,
  lastAt: timeSchema,
  receivedAt: timeSchema,
  /** Pushes and deletions of the tag stand among the pulls. */
  action: z.enum(["push", "pull", "delete"]),
  side: z.string(),
  source: z.string(),
  cause: failureCauseSchema.nullable(),
  actor: z.string().nullable(),
  address: z.string().nullable(),
  agent: z.string().nullable(),
  node: z.string().nullable(),
  message: z.string().nullable(),
  count: countSchema,
  raw: z.unknown(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

export const incidentDetailSchema = incidentSchema.extend({
  explanation: z.string(),
  nextSteps: z.array(nextStepSchema),
  /** What each side told; one failure told of by several sides counts once. */
  sides: z.array(
    z.strictObject({
      side: z.enum(signalSides),
      cause: failureCauseSchema,
      count: countSchema,
      firstAt: timeSchema,
      lastAt: timeSchema,
    }),
  ),
  /** The newest of what was told, as it was told: of what failed, and of what went well beside it. */
  evidence: z.array(evidenceSchema),
  comments: z.array(z.strictObject({ id: z.string(), at: timeSchema, author: z.string(), text: z.string() })),
});
export type IncidentDetail = z.infer<typeof incidentDetailSchema>;

const shortText = filterTextSchema.trim().min(1);
/** What every list and chart of failures can be narrowed by. */
export const failureFilters = {
  registry: registrySlugSchema.optional(),
  repository: shortText.optional(),
  reference: shortText.optional(),
  cause: failureCauseSchema.optional(),
  principal: shortText.optional(),
  /** The program that pulls: `skopeo`, `containerd`. */
  client: shortText.optional(),
  cluster: shortText.optional(),
  q: filterTextSchema.optional(),
};

export const listFailuresQuery = z.strictObject({
  ...pageQuery,
  ...failureFilters,
  /** `open` leaves out what nothing was heard of for a day. */
  state: z.enum(incidentStates).optional(),
  from: askedTimeSchema.optional(),
  to: askedTimeSchema.optional(),
  sort: z.enum(["-lastAt", "lastAt", "-firstAt", "firstAt", "-count", "count"]).default("-lastAt"),
});
export type ListFailuresQuery = z.output<typeof listFailuresQuery>;

export const incidentParams = z.strictObject({
  id: z.string().regex(/^\d{1,18}$/, "An incident has a number."),
});

export const changeIncidentBody = z.union([
  z.strictObject({ state: z.literal("open") }),
  z.strictObject({ state: z.literal("acknowledged") }),
  z.strictObject({ state: z.literal("snoozed"), until: askedTimeSchema }),
]);
export type ChangeIncidentBody = z.output<typeof changeIncidentBody>;

export const commentBody = z.strictObject({
  text: z
    .string()
    .trim()
    .min(1)
    .max(4_000)
    .refine(
      (text) => !text.includes("\0") && text.isWellFormed(),
      "A comment is text without broken characters.",
    ),
});

export const seriesSteps = ["hour", "day", "week"] as const;
export const seriesKeys = [
  "cause",
  "registry",
  "repository",
  "principal",
  "client",
  "cluster",
  "none",
] as const;

const zoneSchema = z
  .string()
  .max(60)
  // Offsets have opposite signs in Postgres.
  .refine(
    (zone) => /^[A-Za-z]/.test(zone) && isZone(zone),
    "This is no time zone that we know. Use a name such as Europe/Berlin.",
  );

/** Where a window ends when nothing is said, and how far it reaches back at most. */
const maxDays = 400;

export const failureSeriesQuery = z
  .strictObject({
    ...failureFilters,
    state: z.enum(incidentStates).optional(),
    from: askedTimeSchema,
    to: askedTimeSchema,
    step: z.enum(seriesSteps).default("hour"),
    by: z.enum(seriesKeys).default("cause"),
    /** Where days and weeks begin. */
    zone: zoneSchema.default("UTC"),
    /** All of the window as one step, which begins where the first of these steps would. */
    sum: z.enum(["true", "false"]).default("false"),
    /** So many of the largest series; the rest is added up as one. */
    top: z.coerce.number().int().min(1).max(50).default(12),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), {
    path: ["to"],
    message: "The window ends before it begins.",
  })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= maxDays * 86_400_000, {
    path: ["from"],
    message: `A window is ${maxDays} days long at most.`,
  })
  .refine(
    ({ from, to, step, sum }) =>
      step !== "hour" || sum === "true" || Date.parse(to) - Date.parse(from) <= 32 * 86_400_000,
    {
      path: ["step"],
      message: "By the hour a window is 32 days long at most. Use day or week.",
    },
  );
export type FailureSeriesQuery = z.output<typeof failureSeriesQuery>;

export const failureSeriesSchema = z.strictObject({
  from: timeSchema,
  to: timeSchema,
  step: z.enum(seriesSteps),
  by: z.enum(seriesKeys),
  /** The begin of each step; every series has one count for each. */
  at: z.array(timeSchema),
  /** The largest first; key null is all that is not among them. */
  series: z.array(
    z.strictObject({ key: z.string().nullable(), total: countSchema, counts: z.array(countSchema) }),
  ),
  total: countSchema,
  /** The same in the window of the same length before. */
  totalBefore: countSchema,
  /** Incidents that are open now, whatever the window: a thousand stand for a thousand or more. */
  open: countSchema,
  /** Pulls that went well, where that is known for everything in the window. */
  pulls: countSchema.nullable(),
  /**
   * How much of each step the sources of registry logs were heard, from 0 to 1; null where there was none. Where it
   * is less than 1, failures may be missing.
   */
  heard: z.array(z.number().min(0).max(1).nullable()),
});
export type FailureSeries = z.infer<typeof failureSeriesSchema>;

export const liveQuery = z.strictObject({
  /**
   * The stream ends after so long, and clients come back. Absent it is a minute for who accepts text/event-stream; others
   * are told the state once.
   */
  seconds: z.coerce.number().int().min(1).max(300).optional(),
});

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
