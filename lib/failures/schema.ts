import { z } from "zod";

/** Why a pull failed: a closed list. */
export const failureCauses = [
  "not-signed-in",
  "wrong-credentials",
  "credentials-expired",
  "unauthorized",
  "no-grant",
  "denied-or-missing",
  "not-found",
  "tag-never-existed",
  "tag-deleted",
  "content-missing",
  "no-platform",
  "blocked-by-policy",
  "address-not-allowed",
  "throttled",
  "registry-error",
  "name-not-resolved",
  "cannot-connect",
  "timeout",
  "tls-not-trusted",
  "http-not-https",
  "proxy",
  "digest-mismatch",
  "malformed-reference",
  "node-disk-full",
  "no-cause-in-text",
  "unknown",
] as const;
export type FailureCause = (typeof failureCauses)[number];
export const failureCauseSchema = z.enum(failureCauses);

/** A core/v1 or events.k8s.io Event: only these fields are read. */
const eventSchema = z.looseObject({
  reason: z.string().max(200).nullish(),
  message: z.string().max(65_536).nullish(),
  /** What events.k8s.io calls the message. */
  note: z.string().max(65_536).nullish(),
});

const textBody = z.strictObject({ text: z.string().trim().min(1).max(65_536) });

/** `{ text }`, `{ event }`, or a Kubernetes Event as it is. */
export const diagnoseBody = z.union([
  textBody,
  z.strictObject({ event: eventSchema }),
  eventSchema.extend({ kind: z.literal("Event") }),
]);
export type DiagnoseBody = z.output<typeof diagnoseBody>;

export const nextStepSchema = z.strictObject({
  text: z.string(),
  /** A page of this console where it is done; null when it is done elsewhere. */
  href: z.string().nullable(),
});
export type NextStep = z.infer<typeof nextStepSchema>;

export const diagnosisSchema = z.strictObject({
  /** False when the text tells of something else, such as a container that crashes. */
  failedPull: z.boolean(),
  cause: failureCauseSchema.nullable(),
  /** Why, in a sentence or two. */
  explanation: z.string(),
  nextSteps: z.array(nextStepSchema),
  /** The image that the text names; `registry` is the slug where it is one of ours that the reader may see. */
  image: z
    .strictObject({
      reference: z.string(),
      registry: z.string().nullable(),
      repository: z.string().nullable(),
      tag: z.string().nullable(),
      digest: z.string().nullable(),
    })
    .nullable(),
});
export type Diagnosis = z.infer<typeof diagnosisSchema>;
