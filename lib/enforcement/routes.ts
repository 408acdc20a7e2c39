import {
  changeEnforcementBody,
  enforcementCheckSchema,
  enforcementSchema,
  rotateKeyBody,
} from "#lib/enforcement/schema";
import { changeEnforcement, getEnforcement, rotateKey } from "#lib/enforcement/service";
import { checkEnforcement } from "#lib/enforcement/service-check";
import { defineRoute } from "#lib/http/define-route";
import { registryParams } from "#lib/registries/schema";

export const getEnforcementRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/registries/{slug}/enforcement",
    summary: "Whether grants hold at a registry, and the configuration that makes them hold",
    access: "access.read",
    params: registryParams,
    response: enforcementSchema,
  },
  ({ ctx, params }) => getEnforcement(ctx, params.slug),
);

export const changeEnforcementRoute = defineRoute(
  {
    method: "PATCH",
    path: "/api/v1/registries/{slug}/enforcement",
    summary:
      "Turn enforcement on, off, or suspend it in an emergency; choose how the registry knows our tokens",
    access: "enforcement.write",
    params: registryParams,
    body: changeEnforcementBody,
    response: enforcementSchema,
    errors: [409],
  },
  ({ ctx, params, body }) => changeEnforcement(ctx, params.slug, body),
);

export const checkEnforcementRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/registries/{slug}/enforcement/check",
    summary: "Prove from outside what a registry enforces",
    access: "enforcement.write",
    params: registryParams,
    response: enforcementCheckSchema,
    errors: [409],
  },
  ({ ctx, params }) => checkEnforcement(ctx, params.slug),
);

export const rotateKeyRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/registries/{slug}/enforcement/keys",
    summary: "One step of a change of signing keys: prepare, activate, retire",
    access: "enforcement.write",
    params: registryParams,
    body: rotateKeyBody,
    response: enforcementSchema,
    errors: [409],
  },
  ({ ctx, params, body }) => rotateKey(ctx, params.slug, body),
);

export const enforcementRoutes = [
  getEnforcementRoute,
  changeEnforcementRoute,
  checkEnforcementRoute,
  rotateKeyRoute,
];
