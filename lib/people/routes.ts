import { defineRoute, RouteReply } from "#lib/http/define-route";
import {
  changePasswordBody,
  changeUserBody,
  createdUserSchema,
  createRoleBindingBody,
  createUserBody,
  idParams,
  listRoleBindingsQuery,
  listUsersQuery,
  meSchema,
  resetPasswordSchema,
  roleBindingPageSchema,
  roleBindingSchema,
  userPageSchema,
  userSchema,
} from "#lib/people/schema";
import { changeUser, createUser, getUser, listUsers, resetPassword } from "#lib/people/service";
import { changeOwnPassword, getMe } from "#lib/people/service-me";
import { createRoleBinding, deleteRoleBinding, listRoleBindings } from "#lib/people/service-role-bindings";

export const getMeRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/me",
    summary: "Who asks, their roles, and which permissions they hold",
    access: "signed-in",
    response: meSchema,
  },
  ({ ctx }) => getMe(ctx),
);

export const changeOwnPasswordRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/me/password",
    summary: "Change your own password",
    access: "signed-in",
    body: changePasswordBody,
    status: 204,
    errors: [409, 429],
  },
  async ({ ctx, body }) => {
    await changeOwnPassword(ctx, body);
    return new RouteReply(null);
  },
);

export const listUsersRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/users",
    summary: "Accounts of people",
    access: "people.read",
    query: listUsersQuery,
    response: userPageSchema,
  },
  ({ ctx, query }) => listUsers(ctx, query),
);

export const createUserRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/users",
    summary: "Create a local account",
    access: "people.write",
    body: createUserBody,
    response: createdUserSchema,
    status: 201,
    errors: [409],
  },
  ({ ctx, body }) => createUser(ctx, body),
);

export const getUserRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/users/{id}",
    summary: "One account",
    access: "people.read",
    params: idParams,
    response: userSchema,
  },
  ({ ctx, params }) => getUser(ctx, params.id),
);

export const changeUserRoute = defineRoute(
  {
    method: "PATCH",
    path: "/api/v1/users/{id}",
    summary: "Rename, disable or enable an account",
    access: "people.write",
    params: idParams,
    body: changeUserBody,
    response: userSchema,
    errors: [409],
  },
  ({ ctx, params, body }) => changeUser(ctx, params.id, body),
);

export const resetPasswordRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/users/{id}/reset-password",
    summary: "Make up a new password for a local account and end its sessions",
    access: "people.write",
    params: idParams,
    response: resetPasswordSchema,
    errors: [409],
  },
  ({ ctx, params }) => resetPassword(ctx, params.id),
);

export const listRoleBindingsRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/role-bindings",
    summary: "Who holds which role where",
    access: "people.read",
    query: listRoleBindingsQuery,
    response: roleBindingPageSchema,
  },
  ({ ctx, query }) => listRoleBindings(ctx, query),
);

export const createRoleBindingRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/role-bindings",
    summary: "Give a role everywhere, for a registry, or for a repository pattern",
    access: "people.write",
    body: createRoleBindingBody,
    response: roleBindingSchema,
    status: 201,
    errors: [409],
  },
  ({ ctx, body }) => createRoleBinding(ctx, body),
);

export const deleteRoleBindingRoute = defineRoute(
  {
    method: "DELETE",
    path: "/api/v1/role-bindings/{id}",
    summary: "Take a role away",
    access: "people.write",
    params: idParams,
    status: 204,
    errors: [409],
  },
  async ({ ctx, params }) => {
    await deleteRoleBinding(ctx, params.id);
    return new RouteReply(null);
  },
);

export const peopleRoutes = [
  getMeRoute,
  changeOwnPasswordRoute,
  listUsersRoute,
  createUserRoute,
  getUserRoute,
  changeUserRoute,
  resetPasswordRoute,
  listRoleBindingsRoute,
  createRoleBindingRoute,
  deleteRoleBindingRoute,
];
