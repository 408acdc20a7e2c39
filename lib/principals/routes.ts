import { defineRoute, RouteReply } from "#lib/http/define-route";
import {
  changePrincipalBody,
  createdSecretSchema,
  createPrincipalBody,
  createSecretBody,
  createTrustRuleBody,
  listPrincipalsQuery,
  partParams,
  principalPageSchema,
  principalParams,
  principalPartParams,
  principalSchema,
  secretListSchema,
  trustRuleListSchema,
  trustRuleSchema,
} from "#lib/principals/schema";
import {
  changePrincipal,
  createPrincipal,
  deletePrincipal,
  getPrincipal,
  listPrincipals,
} from "#lib/principals/service";
import {
  createOwnSecret,
  createSecret,
  listOwnSecrets,
  listSecrets,
  revokeOwnSecret,
  revokeSecret,
} from "#lib/principals/service-secrets";
import { createTrustRule, deleteTrustRule, listTrustRules } from "#lib/principals/service-trust-rules";

export const listPrincipalsRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/principals",
    summary: "Who can be given access at registries: users, groups, robots, workloads and the built-in ones",
    access: "access.read",
    query: listPrincipalsQuery,
    response: principalPageSchema,
  },
  ({ ctx, query }) => listPrincipals(ctx, query),
);

export const createPrincipalRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/principals",
    summary: "Make a robot or workload, or name a group of the identity provider",
    access: "access.write",
    body: createPrincipalBody,
    response: principalSchema,
    status: 201,
    errors: [409],
  },
  ({ ctx, body }) => createPrincipal(ctx, body),
);

export const getPrincipalRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/principals/{id}",
    summary: "One principal; needs access.read, or to be its owner",
    access: "signed-in",
    params: principalParams,
    response: principalSchema,
  },
  ({ ctx, params }) => getPrincipal(ctx, params.id),
);

export const changePrincipalRoute = defineRoute(
  {
    method: "PATCH",
    path: "/api/v1/principals/{id}",
    summary:
      "Describe, hand over, disable or enable a robot or workload; for its owner and access.write everywhere",
    access: "signed-in",
    params: principalParams,
    body: changePrincipalBody,
    response: principalSchema,
    errors: [409],
  },
  ({ ctx, params, body }) => changePrincipal(ctx, params.id, body),
);

export const deletePrincipalRoute = defineRoute(
  {
    method: "DELETE",
    path: "/api/v1/principals/{id}",
    summary: "End a principal with its grants and secrets; its name is never used again",
    access: "signed-in",
    params: principalParams,
    status: 204,
    errors: [409],
  },
  async ({ ctx, params }) => {
    await deletePrincipal(ctx, params.id);
    return new RouteReply(null);
  },
);

export const listSecretsRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/principals/{id}/secrets",
    summary: "Registry secrets of a robot or workload, and when and from where each was last used",
    access: "signed-in",
    params: principalParams,
    response: secretListSchema,
  },
  ({ ctx, params }) => listSecrets(ctx, params.id),
);

export const createSecretRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/principals/{id}/secrets",
    summary: "Make a registry secret; its value is answered this once",
    access: "signed-in",
    params: principalParams,
    body: createSecretBody,
    response: createdSecretSchema,
    status: 201,
    errors: [409],
  },
  ({ ctx, params, body }) => createSecret(ctx, params.id, body),
);

export const revokeSecretRoute = defineRoute(
  {
    method: "DELETE",
    path: "/api/v1/principals/{id}/secrets/{partId}",
    summary: "Revoke a registry secret",
    access: "signed-in",
    params: principalPartParams,
    status: 204,
    errors: [409],
  },
  async ({ ctx, params }) => {
    await revokeSecret(ctx, params.id, params.partId);
    return new RouteReply(null);
  },
);

export const listTrustRulesRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/principals/{id}/trust-rules",
    summary: "Which OpenID tokens stand for a robot or workload without a stored secret",
    access: "signed-in",
    params: principalParams,
    response: trustRuleListSchema,
  },
  ({ ctx, params }) => listTrustRules(ctx, params.id),
);

export const createTrustRuleRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/principals/{id}/trust-rules",
    summary: "Let tokens of an issuer, audience and subject stand for a robot or workload",
    access: "signed-in",
    params: principalParams,
    body: createTrustRuleBody,
    response: trustRuleSchema,
    status: 201,
    errors: [409],
  },
  ({ ctx, params, body }) => createTrustRule(ctx, params.id, body),
);

export const deleteTrustRuleRoute = defineRoute(
  {
    method: "DELETE",
    path: "/api/v1/principals/{id}/trust-rules/{partId}",
    summary: "Trust these tokens no longer",
    access: "signed-in",
    params: principalPartParams,
    status: 204,
    errors: [409],
  },
  async ({ ctx, params }) => {
    await deleteTrustRule(ctx, params.id, params.partId);
    return new RouteReply(null);
  },
);

export const listOwnSecretsRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/me/registry-secrets",
    summary: "Your own registry secrets",
    access: "signed-in",
    response: secretListSchema,
  },
  ({ ctx }) => listOwnSecrets(ctx),
);

export const createOwnSecretRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/me/registry-secrets",
    summary: "Make a secret with which you sign in to registries; its value is answered this once",
    access: "signed-in",
    body: createSecretBody,
    response: createdSecretSchema,
    status: 201,
    errors: [409],
  },
  ({ ctx, body }) => createOwnSecret(ctx, body),
);

export const revokeOwnSecretRoute = defineRoute(
  {
    method: "DELETE",
    path: "/api/v1/me/registry-secrets/{id}",
    summary: "Revoke a registry secret of yours",
    access: "signed-in",
    params: partParams,
    status: 204,
  },
  async ({ ctx, params }) => {
    await revokeOwnSecret(ctx, params.id);
    return new RouteReply(null);
  },
);

export const principalRoutes = [
  listPrincipalsRoute,
  createPrincipalRoute,
  getPrincipalRoute,
  changePrincipalRoute,
  deletePrincipalRoute,
  listSecretsRoute,
  createSecretRoute,
  revokeSecretRoute,
  listTrustRulesRoute,
  createTrustRuleRoute,
  deleteTrustRuleRoute,
  listOwnSecretsRoute,
  createOwnSecretRoute,
  revokeOwnSecretRoute,
];
