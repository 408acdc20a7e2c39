import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  canonicalScopes,
  formatScope,
  parseScope,
  repositoryScope,
  scopesToAsk,
  splitScopes,
} from "#lib/oci/scope";
import { tokenCacheKey } from "#lib/oci/token-cache";

describe("scopes", () => {
  it("reads names with colons", () => {
    expect(parseScope("repository:host:5000/a:pull,push")).toEqual({
      type: "repository",
      name: "host:5000/a",
      actions: ["pull", "push"],
    });
    expect(parseScope("repository(plugin):a:pull")?.type).toBe("repository(plugin)");
    expect(parseScope("repository::pull")).toEqual({ type: "repository", name: "", actions: ["pull"] });
    for (const bad of ["", "a", "a:b", ":a:b"]) expect(parseScope(bad)).toBeNull();
  });

  it("has one spelling for one set, whatever the order", () => {
    expect(canonicalScopes(["repository:a:push,pull"])).toEqual(["repository:a:pull,push"]);
    expect(canonicalScopes(["repository:b:pull", "repository:a:push", "repository:a:pull"])).toEqual([
      "repository:a:pull,push",
      "repository:b:pull",
    ]);
    const action = fc.constantFrom("pull", "push", "delete", "*");
    const scope = fc.tuple(
      fc.constantFrom("a", "b", "c:1"),
      fc.array(action, { minLength: 1, maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(scope, { maxLength: 5 }), (list) => {
        const texts = list.map(([name, actions]) => formatScope({ type: "repository", name, actions }));
        expect(canonicalScopes(texts.toReversed())).toEqual(canonicalScopes(texts));
        expect(canonicalScopes(canonicalScopes(texts))).toEqual(canonicalScopes(texts));
      }),
    );
  });

  it("O3: asks for what the challenge names only as long as it is about the same resource", () => {
    const wanted = [repositoryScope("a", "pull")];
    expect(scopesToAsk([], wanted)).toEqual(wanted);
    expect(scopesToAsk(["repository:a:pull,push"], wanted)).toEqual(["repository:a:pull,push"]);
    expect(scopesToAsk(["repository:secret:pull"], wanted)).toEqual(wanted);
    expect(scopesToAsk(["repository:a:pull", "repository:secret:pull"], wanted)).toEqual(wanted);
    expect(scopesToAsk(["repository::pull"], ["registry:catalog:*"])).toEqual(["repository::pull"]);
    expect(splitScopes("a:b:c  d:e:f")).toEqual(["a:b:c", "d:e:f"]);
  });

  it("T10: token cache keys never collide", () => {
    const key = fc.record({
      registry: fc.string(),
      realm: fc.string(),
      service: fc.option(fc.string()),
      scopes: fc.array(fc.string(), { maxLength: 3 }),
      identity: fc.array(fc.string(), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(key, key, (one, other) => {
        expect(tokenCacheKey(one) === tokenCacheKey(other)).toBe(
          JSON.stringify(one) === JSON.stringify(other),
        );
      }),
    );
    const base = { registry: "r", realm: "x", service: null, identity: [] };
    expect(tokenCacheKey({ ...base, scopes: ["a b"] })).not.toBe(
      tokenCacheKey({ ...base, scopes: ["a", "b"] }),
    );
  });
});
