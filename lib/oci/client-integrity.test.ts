import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";

import type { RegistryClient } from "#lib/oci/client";
import { digestOf } from "#lib/oci/digest";
import { ociImageIndex, ociImageManifest } from "#lib/oci/media-types";
import { failureOf } from "#lib/oci/testing/failure-of";
import {
  createTestClient,
  type Script,
  type ScriptedServer,
  sendJson,
  startHostileRegistry,
} from "#lib/oci/testing/hostile-registry";

const config = { mediaType: "application/vnd.oci.empty.v1+json", digest: digestOf("{}"), size: 2 };
const manifest = JSON.stringify({ schemaVersion: 2, mediaType: ociImageManifest, config, layers: [] });
const digest = digestOf(manifest);
const otherDigest = digestOf("other");
const sha512 = digestOf(manifest, "sha512");

const opened: { close(): Promise<void> }[] = [];
const keep = <T extends { close(): Promise<void> }>(thing: T): T => {
  opened.push(thing);
  return thing;
};
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});

async function start(script: Script): Promise<{ registry: ScriptedServer; client: RegistryClient }> {
  const registry = keep(await startHostileRegistry(script));
  const client = keep(createTestClient(registry.origin));
  return { registry, client };
}

const serving = (body: string, headers: Record<string, string> = {}) =>
  start((_request, response) =>
    sendJson(response, 200, body, { "content-type": ociImageManifest, ...headers }),
  );

describe("R1: manifests", () => {
  it("are taken when bytes, digest and header agree", async () => {
    const { client } = await serving(manifest, { "docker-content-digest": digest });
    const fetched = await client.getManifest("a", digest);
    expect(fetched).toMatchObject({ digest, mediaType: ociImageManifest, sizeBytes: manifest.length });
    expect(Buffer.from(fetched.bytes).toString()).toBe(manifest);
    expect((await client.getManifest("a", "v1")).digest).toBe(digest);
  });

  it("are taken without the header too", async () => {
    const { client } = await serving(manifest);
    expect((await client.getManifest("a", "v1")).digest).toBe(digest);
    expect((await client.getManifest("a", sha512)).digest).toBe(sha512);
  });

  it("may be named by sha512 while the header says sha256", async () => {
    const { client } = await serving(manifest, { "docker-content-digest": digest });
    expect((await client.getManifest("a", sha512)).digest).toBe(sha512);
  });

  it("are refused when the bytes are others than the digest's", async () => {
    const { client } = await serving(`${manifest} `);
    expect((await failureOf(client.getManifest("a", digest))).kind).toBe("digest-mismatch");
  });

  it("are refused when the header lies, by tag and by digest", async () => {
    const { client } = await serving(manifest, { "docker-content-digest": otherDigest });
    expect((await failureOf(client.getManifest("a", "v1"))).kind).toBe("digest-mismatch");
    expect((await failureOf(client.getManifest("a", digest))).kind).toBe("digest-mismatch");
    expect((await failureOf(client.getManifest("a", otherDigest))).kind).toBe("digest-mismatch");
    expect((await failureOf(client.getManifest("a", sha512))).kind).toBe("digest-mismatch");
  });

  it("are refused when the header is no digest", async () => {
    const { client } = await serving(manifest, { "docker-content-digest": "md5:abc" });
    const failure = await failureOf(client.getManifest("a", "v1"));
    expect(failure.kind).toBe("invalid-response");
    expect(failure.message).toContain("md5");
  });

  it("HEAD is compared with the digest asked for", async () => {
    const { client } = await serving(manifest, { "docker-content-digest": otherDigest });
    expect((await failureOf(client.findManifestHead("a", digest))).kind).toBe("digest-mismatch");
    expect(await client.findManifestHead("a", "v1")).toEqual({
      digest: otherDigest,
      mediaType: ociImageManifest,
      sizeBytes: manifest.length,
    });
  });

  it("stored under another digest are noticed", async () => {
    const { client } = await start((_request, response) =>
      response.writeHead(201, { "docker-content-digest": otherDigest }).end(),
    );
    const put = client.putManifest("a", "v1", { mediaType: ociImageManifest, bytes: Buffer.from(manifest) });
    expect((await failureOf(put)).kind).toBe("digest-mismatch");
    const wrong = client.putManifest("a", otherDigest, {
      mediaType: ociImageManifest,
      bytes: Buffer.from(manifest),
    });
    expect((await failureOf(wrong)).kind).toBe("invalid-request");
  });
});

describe("R1: blobs", () => {
  it("are verified whole and streamed", async () => {
    const { client } = await serving("blob");
    expect(Buffer.from(await client.getBlob("a", digestOf("blob"))).toString()).toBe("blob");
    expect((await failureOf(client.getBlob("a", otherDigest))).kind).toBe("digest-mismatch");
    const drain = async (wanted: string) => {
      let length = 0;
      for await (const piece of client.streamBlob("a", wanted)) length += piece.byteLength;
      return length;
    };
    expect(await drain(digestOf("blob", "sha512"))).toBe(4);
    expect((await failureOf(drain(otherDigest))).kind).toBe("digest-mismatch");
  });

  it("that are absent are said to be", async () => {
    const { client } = await start((_request, response) =>
      sendJson(response, 404, { errors: [{ code: "BLOB_UNKNOWN" }] }),
    );
    expect(await client.findBlobHead("a", digest)).toBeNull();
    expect(await client.findManifestHead("a", "v1")).toBeNull();
    expect(await failureOf(client.getBlob("a", digest))).toMatchObject({
      kind: "not-found",
      code: "BLOB_UNKNOWN",
    });
    const streamed = (async () => {
      for await (const _piece of client.streamBlob("a", digest)) break;
    })();
    expect(await failureOf(streamed)).toMatchObject({ kind: "not-found", code: "BLOB_UNKNOWN" });
  });
});

describe("R3: kinds", () => {
  it("a body that contradicts its header is refused", async () => {
    const { client } = await serving(manifest, { "content-type": ociImageIndex });
    expect((await failureOf(client.getManifest("a", "v1"))).kind).toBe("invalid-response");
  });

  it("a web page with status 200 is no manifest", async () => {
    const { client } = await serving("<html><title>Sign in</title></html>", { "content-type": "text/html" });
    expect((await failureOf(client.getManifest("a", "v1"))).kind).toBe("invalid-response");
  });

  it("schema 1 is too old, in GET and HEAD", async () => {
    const type = "application/vnd.docker.distribution.manifest.v1+prettyjws";
    const { client } = await serving('{"schemaVersion":1,"fsLayers":[]}', { "content-type": type });
    expect((await failureOf(client.getManifest("a", "v1"))).kind).toBe("too-old");
    expect((await failureOf(client.findManifestHead("a", "v1"))).kind).toBe("too-old");
  });
});

describe("R4: sizes", () => {
  it("a manifest that says it is too large is not read", async () => {
    const { client } = await start((_request, response) => {
      response.writeHead(200, { "content-type": ociImageManifest, "content-length": 50 * 1024 * 1024 });
      response.write("{");
    });
    expect((await failureOf(client.getManifest("a", "v1"))).kind).toBe("too-large");
  });

  it("an endless manifest is cut off while it streams", async () => {
    let sent = 0;
    const { client } = await start((_request, response) => {
      const piece = Buffer.alloc(64 * 1024, 0x20);
      const pump = () => {
        while (!response.destroyed && response.write(piece)) sent += piece.byteLength;
      };
      response.writeHead(200, { "content-type": ociImageManifest });
      response.on("drain", pump);
      pump();
    });
    expect((await failureOf(client.getManifest("a", "v1"))).kind).toBe("too-large");
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });

  it("an endless error page is cut off too", async () => {
    const { client } = await start((_request, response) => {
      response.writeHead(500);
      const pump = () => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024, 0x20)));
      };
      response.on("drain", pump);
      pump();
    });
    expect((await failureOf(client.ping())).kind).toBe("too-large");
  });

  it("a blob larger than the caller allows is refused, streamed as well", async () => {
    const { client } = await start((_request, response) => {
      response.writeHead(200);
      response.end(Buffer.alloc(100_000));
    });
    expect((await failureOf(client.getBlob("a", digest, { maxBytes: 1_000 }))).kind).toBe("too-large");
    const streamed = (async () => {
      for await (const _piece of client.streamBlob("a", digest, { maxBytes: 1_000 }));
    })();
    expect((await failureOf(streamed)).kind).toBe("too-large");
  });

  it("headers have a limit", async () => {
    const { client } = await serving(manifest, { "x-long": "a".repeat(100_000) });
    expect((await failureOf(client.getManifest("a", "v1"))).kind).toBe("invalid-response");
  });
});

describe("R6: compressed answers", () => {
  const bomb = Buffer.alloc(10 * 1024 * 1024, 0x20);
  it.each([
    ["gzip", gzipSync(bomb)],
    ["br", brotliCompressSync(bomb)],
    ["zstd", Buffer.from("28b52ffd", "hex")],
    ["gzip, gzip", gzipSync(gzipSync(bomb))],
    ["unheard-of", Buffer.from("x")],
  ])("%s is refused unread", async (encoding, body) => {
    const { registry, client } = await start((_request, response) => {
      response.writeHead(200, { "content-type": ociImageManifest, "content-encoding": encoding });
      response.end(body);
    });
    expect((await failureOf(client.getManifest("a", "v1"))).kind).toBe("invalid-response");
    expect(registry.requests[0]?.headers["accept-encoding"]).toBe("identity");
    const streamed = (async () => {
      for await (const _piece of client.streamBlob("a", digest));
    })();
    expect((await failureOf(streamed)).kind).toBe("invalid-response");
  });
});
