import { describe, expect, it } from "vitest";
import { listRouteDefinitions } from "#lib/openapi/route-table";
import { createMethodFinder } from "#lib/server/find-methods";

const findMethods = createMethodFinder(listRouteDefinitions());

describe("methods of a path", () => {
  it.each([
    ["/api/v1/tags", ["GET", "HEAD", "POST", "DELETE", "OPTIONS"]],
    ["/api/v1/registries/prod/test", ["POST", "OPTIONS"]],
    ["/api/ingest/distribution", ["POST", "OPTIONS"]],
    ["/api/openapi.json", ["GET", "HEAD", "OPTIONS"]],
  ])("%s", (path, methods) => {
    expect(findMethods(path)?.toSorted()).toEqual(methods.toSorted());
  });

  it.each([
    "/api/v1/nothing",
    "/api/v1/registries/a/b/test",
    "/api/openapi_json",
    "/api/v1/registries/{slug}/x",
    "",
  ])("%j is not in the table", (path) => {
    expect(findMethods(path)).toBeNull();
  });
});
