import { afterEach, describe, expect, it } from "vitest";

import { digestOf } from "#lib/oci/digest";
import { ociImageIndex, ociImageManifest } from "#lib/oci/media-types";
import { referrersTagOf } from "#lib/oci/referrer-tag";
import { failureOf } from "#lib/oci/testing/failure-of";
import {
  createTestClient,
  type RecordedRequest,
  type Script,
  sendJson,
  startHostileRegistry,
} from "#lib/oci/testing/hostile-registry";

const subject = digestOf("subject");
const tag = referrersTagOf(subject);
const entry = (name: string, artifactType = "application/x-a") => ({
  mediaType: ociImageManifest,
  digest: digestOf(name),
  size: 1,
  artifactType,
});
const index = (...manifests: unknown[]) => ({ schemaVersion: 2, mediaType: ociImageIndex, manifests });
const isTagRequest = (request: RecordedRequest) => request.path.endsWith(`/manifests/${tag}`);

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});

async function start(script: Script) {
  const registry = await startHostileRegistry(script);
  const client = createTestClient(registry.origin);
  opened.push(registry, client);
  return { registry, client };
}

const send = (response: Parameters<Script>[1], value: unknown, headers: Record<string, string> = {}) =>
  sendJson(response, 200, value, { "content-type": ociImageIndex, ...headers });

describe("listReferrers", () => {
  it("asks the API, then the fallback tag, and lists each digest once", async () => {
    const { client } = await start((request, response) =>
      isTagRequest(request)
        ? send(response, index(entry("b"), entry("c")))
        : send(response, index(entry("a"), entry("b"))),
    );
    const { referrers, sources, incomplete } = await client.listReferrers("x", subject);
    expect(referrers.map((referrer) => referrer.digest)).toEqual(
      ["a", "b", "c"].map((name) => digestOf(name)),
    );
    expect(sources).toEqual(["api", "tag"]);
    expect(incomplete).toBeNull();
  });

  it("asks only the way it is told to", async () => {
    const { registry, client } = await start((_request, response) => send(response, index(entry("a"))));
    expect((await client.listReferrers("x", subject, { ways: ["tag"] })).sources).toEqual(["tag"]);
    expect((await client.listReferrers("x", subject, { ways: ["api"] })).sources).toEqual(["api"]);
    expect(registry.requests).toHaveLength(2);
  });

  it.each([404, 405, 400, 501])("takes %i for no API, once and for all", async (status) => {
    const { registry, client } = await start((request, response) => {
      if (isTagRequest(request)) return send(response, index(entry("c")));
      response.writeHead(status).end("404 page not found");
    });
    for (let round = 0; round < 3; round += 1)
      expect((await client.listReferrers("x", subject)).sources).toEqual(["tag"]);
    expect(registry.requests.filter((request) => request.path.includes("/referrers/"))).toHaveLength(1);
  });

  it("has nothing to list where neither is there", async () => {
    const { client } = await start((_request, response) => sendJson(response, 404, {}));
    expect(await client.listReferrers("x", subject)).toEqual({
      referrers: [],
      sources: [],
      incomplete: null,
    });
  });

  it("filters itself, whether or not the registry did", async () => {
    const applied: Record<string, string>[] = [{}, { "oci-filters-applied": "artifactType" }];
    for (const headers of applied) {
      const { registry, client } = await start((request, response) => {
        if (isTagRequest(request)) return sendJson(response, 404, {});
        send(response, index(entry("a", "application/x-a"), entry("b", "application/x+b")), headers);
      });
      const { referrers } = await client.listReferrers("x", subject, { artifactType: "application/x+b" });
      expect(referrers.map((referrer) => referrer.digest)).toEqual([digestOf("b")]);
      expect(registry.requests[0]?.path).toBe(`/v2/x/referrers/${subject}?artifactType=application%2Fx%2Bb`);
    }
  });

  it("R5: endless referrers end at a cap", async () => {
    let count = 0;
    const { client } = await start((request, response) => {
      if (isTagRequest(request)) return sendJson(response, 404, {});
      count += 1;
      send(response, index(entry(`n${count}`)), {
        link: `</v2/x/referrers/${subject}?page=${count}>; rel="next"`,
      });
    });
    expect(await client.listReferrers("x", subject, { maxPages: 10 })).toMatchObject({
      incomplete: "page-cap",
    });
    expect(await client.listReferrers("x", subject, { maxReferrers: 3 })).toMatchObject({
      incomplete: "entry-cap",
    });
  });

  it("R7: a broken list is an error, not an empty one", async () => {
    for (const body of ["[]", "{}", '{"manifests":[{"digest":"x"}]}', '{"manifests":[],"manifests":[]}']) {
      const { client } = await start((_request, response) => send(response, body));
      expect((await failureOf(client.listReferrers("x", subject))).kind).toBe("invalid-response");
    }
  });
});
