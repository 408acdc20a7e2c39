import { z } from "zod";
import { remarkSchema, timeSchema } from "#lib/auth/schema";

export const tokenModes = ["certificate", "jwks", "key"] as const;
export type TokenMode = (typeof tokenModes)[number];

export const enforcementStates = ["off", "on", "suspended"] as const;
export type EnforcementState = (typeof enforcementStates)[number];

export const enforcementStepSchema = z.strictObject({
  name: z.enum(["challenge", "realm", "anonymous-pull", "foreign-push", "own-token"]),
  outcome: z.enum(["passed", "failed", "unknown"]),
  text: z.string(),
});

export const enforcementCheckSchema = z.strictObject({
  /** What the registry really does, seen from outside. */
  seen: z.enum(["on", "off", "unknown"]),
  at: timeSchema,
  steps: z.array(enforcementStepSchema),
  /** Advice, such as a realm on another host that clients of today refuse. */
  warnings: z.array(z.string()),
});
export type EnforcementCheck = z.infer<typeof enforcementCheckSchema>;

export const signingKeySchema = z.strictObject({
  kid: z.string(),
  state: z.enum(["next", "current", "retired"]),
  createdAt: timeSchema,
  activatedAt: timeSchema.nullable(),
  retiredAt: timeSchema.nullable(),
  leafExpiresAt: timeSchema.nullable(),
});

export const enforcementSchema = z.strictObject({
  state: z.enum(enforcementStates),
  since: timeSchema.nullable(),
  tokenMode: z.enum(tokenModes),
  realm: z.string(),
  service: z.string(),
  issuer: z.string(),
  keys: z.array(signingKeySchema),
  check: enforcementCheckSchema.nullable(),
  /** Files to put beside the registry and the configuration to paste, per kind of registry. */
  setup: z.array(
    z.strictObject({
      registryKind: z.enum(["distribution-2.8", "distribution-3", "zot"]),
      tokenMode: z.enum(tokenModes),
      files: z.array(z.strictObject({ name: z.string(), content: z.string() })),
      configuration: z.string(),
      notes: z.array(z.string()),
    }),
  ),
});
export type Enforcement = z.infer<typeof enforcementSchema>;

export const changeEnforcementBody = z.strictObject({
  state: z.enum(enforcementStates).optional(),
  tokenMode: z.enum(tokenModes).optional(),
  /** For suspending: why, kept in the audit row. */
  reason: remarkSchema.optional(),
});
export type ChangeEnforcementBody = z.output<typeof changeEnforcementBody>;

export const rotateKeyBody = z.strictObject({
  /** prepare publishes a next key; activate signs with it; retire forgets the old one. */
  step: z.enum(["prepare", "activate", "retire"]),
});
export type RotateKeyBody = z.output<typeof rotateKeyBody>;
