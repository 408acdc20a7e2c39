import { z } from "zod";
import { labelSchema, patternSchema, timeSchema, uuidSchema } from "#lib/auth/schema";
import { pageOf, pageQuery } from "#lib/http/page-schema";
import { registrySlugSchema } from "#lib/inventory/schema";

export const conditionKinds = [
  "failure-rate",
  "new-cause",
  "protected-failure",
  "unusual-push",
  "source-silent",
] as const;
export type ConditionKind = (typeof conditionKinds)[number];

/** Null stands for every registry. */
const registry = registrySlugSchema.nullable().default(null);

/** When somebody is told: a closed list. */
export const conditionSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("failure-rate"),
    moreThan: z.number().int().min(0).max(1_000_000),
    minutes: z.number().int().min(1).max(1440),
    registry,
    /** Only repositories that it matches. */
    pattern: patternSchema.nullable().default(null),
  }),
  z.strictObject({ kind: z.literal("new-cause"), registry }),
  z.strictObject({ kind: z.literal("protected-failure"), registry }),
  z.strictObject({ kind: z.literal("unusual-push"), registry }),
  z.strictObject({ kind: z.literal("source-silent"), registry }),
]);
export type Condition = z.output<typeof conditionSchema>;

export const channelKinds = ["webhook", "slack", "email"] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** It is a secret as often as not, so it is answered to nobody. */
const targetUrlSchema = z
  .string()
  .trim()
  .max(2000)
  .refine(
    isTargetUrl,
    "This must be an http or https address without user and password, such as https://hooks.example.com/x.",
  );
const addressesSchema = z.array(z.email("This is no e-mail address.").max(254)).min(1).max(20);

const newChannelSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("webhook"), name: labelSchema, url: targetUrlSchema }),
  z.strictObject({ kind: z.literal("slack"), name: labelSchema, url: targetUrlSchema }),
  z.strictObject({ kind: z.literal("email"), name: labelSchema, to: addressesSchema }),
]);
export type NewChannel = z.output<typeof newChannelSchema>;

/** Without `url` the address stays; a webhook keeps its signing secret unless a new one is asked for. */
const changedChannelSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("webhook"),
    name: labelSchema,
    url: targetUrlSchema.optional(),
    newSecret: z.boolean().default(false),
  }),
  z.strictObject({ kind: z.literal("slack"), name: labelSchema, url: targetUrlSchema.optional() }),
  z.strictObject({ kind: z.literal("email"), name: labelSchema, to: addressesSchema }),
]);
export type ChangedChannel = z.output<typeof changedChannelSchema>;

/** At most a week. */
const coolDownSchema = z.number().int().min(0).max(10_080);

export const createAlertRuleBody = z.strictObject({
  condition: conditionSchema,
  channel: newChannelSchema,
  /** So long after a notice about something there is no second one about the same. */
  coolDownMinutes: coolDownSchema.default(60),
  enabled: z.boolean().default(true),
});
export type CreateAlertRuleBody = z.output<typeof createAlertRuleBody>;

export const changeAlertRuleBody = z.strictObject({
  condition: conditionSchema.optional(),
  channel: changedChannelSchema.optional(),
  coolDownMinutes: coolDownSchema.optional(),
  enabled: z.boolean().optional(),
});
export type ChangeAlertRuleBody = z.output<typeof changeAlertRuleBody>;

export const deliveryKinds = ["firing", "resolved", "test"] as const;
export type DeliveryKind = (typeof deliveryKinds)[number];
export const deliveryStates = ["waiting", "delivered", "given-up"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export const alertRuleSchema = z.strictObject({
  id: z.string(),
  /** The rule as one sentence. */
  sentence: z.string(),
  condition: conditionSchema,
  channel: z.strictObject({
    kind: z.enum(channelKinds),
    name: z.string(),
    /** Where it goes: the origin alone of an address, or who the mail is for. */
    target: z.string(),
    /** The recipients of e-mail. */
    to: z.array(z.string()),
  }),
  coolDownMinutes: z.number().int(),
  enabled: z.boolean(),
  /** About how many things it is firing now. */
  firing: z.number().int(),
  lastDelivery: z
    .strictObject({ at: timeSchema, kind: z.enum(deliveryKinds), state: z.enum(deliveryStates) })
    .nullable(),
  createdAt: timeSchema,
  createdBy: z.string(),
});
export type AlertRule = z.infer<typeof alertRuleSchema>;

export const listAlertRulesQuery = z.strictObject({ ...pageQuery });
export const alertRulePageSchema = pageOf(alertRuleSchema);
export const alertRuleParams = z.strictObject({ id: uuidSchema });

/** The signing secret of a webhook is shown this once; null where none is new. */
export const writtenAlertRuleSchema = z.strictObject({
  rule: alertRuleSchema,
  secret: z.string().nullable(),
});
export type WrittenAlertRule = z.infer<typeof writtenAlertRuleSchema>;

/**
 * What came of one try. `not-delivered` is a name that cannot be resolved or an address that the console may not
 * reach, and says no more; `answered` is a status other than 2xx.
 */
export const attemptOutcomes = [
  "delivered",
  "answered",
  "not-delivered",
  "cannot-connect",
  "tls",
  "timeout",
  "invalid-answer",
  "mail-refused",
  "mail-not-set-up",
  "secret-not-opened",
] as const;
export type AttemptOutcome = (typeof attemptOutcomes)[number];

export const alertDeliverySchema = z.strictObject({
  id: z.string(),
  rule: z.string(),
  kind: z.enum(deliveryKinds),
  title: z.string(),
  createdAt: timeSchema,
  state: z.enum(deliveryStates),
  settledAt: timeSchema.nullable(),
  attempts: z.array(
    z.strictObject({
      at: timeSchema,
      outcome: z.enum(attemptOutcomes),
      status: z.number().int().nullable(),
    }),
  ),
});
export type AlertDelivery = z.infer<typeof alertDeliverySchema>;

export const listAlertDeliveriesQuery = z.strictObject({ ...pageQuery, rule: uuidSchema.optional() });
export type ListAlertDeliveriesQuery = z.output<typeof listAlertDeliveriesQuery>;
export const alertDeliveryPageSchema = pageOf(alertDeliverySchema);

/** Whatever stands at the address, and whether anything does: the delivery log shows what came of it. */
export const queuedTestSchema = z.strictObject({ state: z.literal("queued"), delivery: z.string() });

function isTargetUrl(text: string): boolean {
  if (!/^[\x21-\x7e]+$/.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && !url.username && !url.password && url.hash === "";
}
