import { diagnoseBody, diagnosisSchema } from "#lib/failures/schema";
import { diagnose } from "#lib/failures/service";
import { defineRoute } from "#lib/http/define-route";

export const diagnoseRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/diagnose",
    summary:
      "Why a pull failed, from the text of a client or a Kubernetes event, and what to do; stores nothing",
    access: "repositories.read",
    body: diagnoseBody,
    response: diagnosisSchema,
  },
  ({ ctx, body }) => diagnose(ctx, body),
);

export const failureRoutes = [diagnoseRoute];
