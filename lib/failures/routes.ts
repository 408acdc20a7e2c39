import { z } from "zod";
import { changeFailure, commentOnFailure, getFailure, listFailures } from "#lib/failures/incident-service";
import { streamFailureChanges } from "#lib/failures/live-service";
import { diagnoseBody, diagnosisSchema } from "#lib/failures/schema";
import {
  changeIncidentBody,
  commentBody,
  failureSeriesQuery,
  failureSeriesSchema,
  incidentDetailSchema,
  incidentPageSchema,
  incidentParams,
  listFailuresQuery,
  liveQuery,
} from "#lib/failures/schema-incidents";
import { listFailureSeries } from "#lib/failures/series-service";
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

export const listFailuresRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/failures",
    summary: "Failed pulls, one row for each that goes on, however often and by whomever it was told",
    access: "failures.read",
    query: listFailuresQuery,
    response: incidentPageSchema,
  },
  ({ ctx, query }) => listFailures(ctx, query),
);

export const failureSeriesRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/failures/series",
    summary: "Failures over time by cause, repository, principal, client or cluster",
    access: "failures.read",
    query: failureSeriesQuery,
    response: failureSeriesSchema,
  },
  ({ ctx, query }) => listFailureSeries(ctx, query),
);

export const liveFailuresRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/failures/live",
    summary: "Server-sent events: one each time a failure is new or changes",
    access: "failures.read",
    query: liveQuery,
    response: z.string(),
    mediaTypes: ["text/event-stream"],
  },
  async ({ ctx, query, request }) => {
    const listens = request.headers.get("accept")?.includes("text/event-stream") ?? false;
    return streamFailureChanges(ctx, query.seconds ?? (listens ? 60 : 0), request.signal);
  },
);

export const getFailureRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/failures/{id}",
    summary: "One failed pull: what every side told, why, and what to do",
    access: "failures.read",
    params: incidentParams,
    response: incidentDetailSchema,
  },
  ({ ctx, params }) => getFailure(ctx, params.id),
);

export const changeFailureRoute = defineRoute(
  {
    method: "PATCH",
    path: "/api/v1/failures/{id}",
    summary: "Acknowledge a failure, snooze it, or open it again",
    access: "failures.write",
    params: incidentParams,
    body: changeIncidentBody,
    response: incidentDetailSchema,
  },
  ({ ctx, params, body }) => changeFailure(ctx, params.id, body),
);

export const commentOnFailureRoute = defineRoute(
  {
    method: "POST",
    path: "/api/v1/failures/{id}/comments",
    summary: "Say something about a failure",
    access: "failures.write",
    params: incidentParams,
    body: commentBody,
    response: incidentDetailSchema,
    status: 201,
  },
  ({ ctx, params, body }) => commentOnFailure(ctx, params.id, body.text),
);

export const failureRoutes = [
  diagnoseRoute,
  listFailuresRoute,
  failureSeriesRoute,
  liveFailuresRoute,
  getFailureRoute,
  changeFailureRoute,
  commentOnFailureRoute,
];
