import { z } from "zod";
import { permissionTable } from "#lib/auth/permissions";
import { labelSchema, placeFields, roleSchema, timeSchema, uuidSchema } from "#lib/auth/schema";
import { pageOf, pageQuery, sortQuery } from "#lib/http/page-schema";
import { filterTextSchema } from "#lib/inventory/schema";
import { isLogin } from "#lib/people/login";

export const loginSchema = z
  .string()
  .refine(
    isLogin,
    "A login has 1 to 64 lower-case letters, digits and . _ @ + -, and begins and ends with a letter or digit.",
  );

export const passwordSchema = z
  .string()
  .min(10, "A password has at least 10 characters.")
  .max(256, "A password has at most 256 characters.");

export const roleBindingSchema = z.strictObject({
  id: z.string(),
  userId: z.string(),
  user: z.string(),
  role: z.string(),
  registry: z.string().nullable(),
  pattern: z.string().nullable(),
  /** manual, or oidc when it follows the groups of the identity provider. */
  source: z.string(),
  createdAt: timeSchema,
});
export type RoleBinding = z.infer<typeof roleBindingSchema>;

export const userSchema = z.strictObject({
  id: z.string(),
  login: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  /** local signs in with a password, oidc through the identity provider. */
  kind: z.enum(["local", "oidc"]),
  groups: z.array(z.string()),
  disabledAt: timeSchema.nullable(),
  lastSignInAt: timeSchema.nullable(),
  createdAt: timeSchema,
  /** Robots and workloads that work and have them as their owner. */
  answersFor: z.number().int(),
  roles: z.array(roleBindingSchema),
});
export type User = z.infer<typeof userSchema>;

export const userPageSchema = pageOf(userSchema);
export const roleBindingPageSchema = pageOf(roleBindingSchema);

export const listUsersQuery = z.strictObject({
  ...pageQuery,
  q: filterTextSchema.optional(),
  state: z.enum(["enabled", "disabled"]).optional(),
  sort: sortQuery(["login", "createdAt"]).default("login"),
});
export type ListUsersQuery = z.output<typeof listUsersQuery>;

export const idParams = z.strictObject({ id: uuidSchema });

export const createUserBody = z.strictObject({
  login: loginSchema,
  name: labelSchema,
  email: z.email("This is not an e-mail address.").max(254).nullable().default(null),
  /** Made up and answered once when absent. */
  password: passwordSchema.optional(),
  roles: z
    .array(z.strictObject({ role: roleSchema, ...placeFields }))
    .max(50)
    .default([]),
});
export type CreateUserBody = z.output<typeof createUserBody>;

export const createdUserSchema = z.strictObject({
  user: userSchema,
  /** Only when we made it up; it is not shown again. */
  password: z.string().nullable(),
});

export const changeUserBody = z
  .strictObject({
    name: labelSchema.optional(),
    email: z.email("This is not an e-mail address.").max(254).nullable().optional(),
    disabled: z.boolean().optional(),
  })
  .refine((body) => Object.keys(body).length > 0, "Say what to change: name, email or disabled.");
export type ChangeUserBody = z.output<typeof changeUserBody>;

export const resetPasswordSchema = z.strictObject({ password: z.string() });

export const changePasswordBody = z.strictObject({
  present: z.string().max(256),
  password: passwordSchema,
});

export const listRoleBindingsQuery = z.strictObject({
  ...pageQuery,
  user: loginSchema.optional(),
  role: roleSchema.optional(),
  sort: sortQuery(["createdAt"]).default("-createdAt"),
});
export type ListRoleBindingsQuery = z.output<typeof listRoleBindingsQuery>;

export const createRoleBindingBody = z.strictObject({
  user: loginSchema,
  role: roleSchema,
  ...placeFields,
});
export type CreateRoleBindingBody = z.output<typeof createRoleBindingBody>;

export const meSchema = z.strictObject({
  kind: z.enum(["user", "api-key"]),
  id: z.string(),
  /** The login of a person, the name of a key. */
  name: z.string(),
  displayName: z.string(),
  sessionId: z.string().nullable(),
  /** Whether they sign in with a password that they can change here. */
  hasPassword: z.boolean(),
  roles: z.array(
    z.strictObject({ role: roleSchema, registry: z.string().nullable(), pattern: z.string().nullable() }),
  ),
  /** Held for anything at all; what may be done with one thing is said with that thing. */
  permissions: z.array(
    z.strictObject({
      permission: z.enum(Object.keys(permissionTable) as [string, ...string[]]),
      everywhere: z.boolean(),
    }),
  ),
});
export type Me = z.infer<typeof meSchema>;
