import {
  alertDeliveryPageSchema,
  alertRulePageSchema,
  alertRuleParams,
  changeAlertRuleBody,
  createAlertRuleBody,
  listAlertDeliveriesQuery,
  listAlertRulesQuery,
  queuedTestSchema,
  writtenAlertRuleSchema,
} from "#lib/alerts/schema";
import {
  changeAlertRule,
  createAlertRule,
  listAlertDeliveries,
  listAlertRules,
  removeAlertRule,
  testAlertRule,
} from "#lib/alerts/service";
import { defineRoute, RouteReply } from "#lib/http/define-route";

export const listAlertRulesRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/alert-rules",
    summary: "Who is told of what",
    access: "alerts.read",
    query: listAlertRulesQuery,
    response: alertRulePageSchema,
  },
  ({ ctx, query }) => listAlertRules(ctx, query),
);

export const createAlertRuleRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/alert-rules",
    summary: "Make an alert rule; the signing secret of a webhook is answered this once",
    access: "alerts.write",
    body: createAlertRuleBody,
    response: writtenAlertRuleSchema,
    status: 201,
    errors: [409],
  },
  ({ ctx, body }) => createAlertRule(ctx, body),
);

export const changeAlertRuleRoute = defineRoute(
  {
    method: "PATCH",
    path: "/api/v1/alert-rules/{id}",
    summary: "Change an alert rule, or switch it on or off; a changed condition begins anew",
    access: "alerts.write",
    params: alertRuleParams,
    body: changeAlertRuleBody,
    response: writtenAlertRuleSchema,
    errors: [409],
  },
  ({ ctx, params, body }) => changeAlertRule(ctx, params.id, body),
);

export const removeAlertRuleRoute = defineRoute(
  {
    method: "DELETE",
    path: "/api/v1/alert-rules/{id}",
    summary: "Remove an alert rule and its delivery log",
    access: "alerts.write",
    params: alertRuleParams,
    status: 204,
  },
  async ({ ctx, params }) => {
    await removeAlertRule(ctx, params.id);
    return new RouteReply(undefined);
  },
);

export const testAlertRuleRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/alert-rules/{id}/test",
    summary: "Queue a test notice; the delivery log shows what came of it",
    access: "alerts.write",
    params: alertRuleParams,
    response: queuedTestSchema,
    status: 202,
    errors: [429],
  },
  ({ ctx, params }) => testAlertRule(ctx, params.id),
);

export const listAlertDeliveriesRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/alert-deliveries",
    summary: "Notices of the last 30 days with each try to send them, the newest first",
    access: "alerts.read",
    query: listAlertDeliveriesQuery,
    response: alertDeliveryPageSchema,
  },
  ({ ctx, query }) => listAlertDeliveries(ctx, query),
);

export const alertRoutes = [
  listAlertRulesRoute,
  createAlertRuleRoute,
  changeAlertRuleRoute,
  removeAlertRuleRoute,
  testAlertRuleRoute,
  listAlertDeliveriesRoute,
];
