import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { digestOf } from "#lib/oci/digest";
import { isRegistryError, type RegistryError, type RegistryErrorKind } from "#lib/oci/errors";
import { maxManifestBytes, parseManifest } from "#lib/oci/manifest";
import {
  dockerManifest,
  dockerManifestList,
  helmConfig,
  isAttestationEntry,
  ociEmpty,
  ociImageConfig,
  ociImageIndex,
  ociImageManifest,
} from "#lib/oci/media-types";

const digest = digestOf("x");
const config = { mediaType: ociImageConfig, digest, size: 2 };
const layer = { mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest, size: 10 };
const image = { schemaVersion: 2, mediaType: ociImageManifest, config, layers: [layer] };
const index = {
  schemaVersion: 2,
  mediaType: ociImageIndex,
  manifests: [{ mediaType: ociImageManifest, digest, size: 3 }],
};

const bytesOf = (value: unknown) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));

function refusal(value: unknown, contentType?: string): RegistryError {
  try {
    parseManifest(bytesOf(value), contentType);
  } catch (error) {
    if (isRegistryError(error)) return error;
    throw error;
  }
  throw new Error("The manifest was accepted.");
}

describe("parseManifest", () => {
  it("reads an image", () => {
    const parsed = parseManifest(bytesOf(image), `${ociImageManifest}; charset=utf-8`);
    expect(parsed).toMatchObject({
      kind: "image",
      format: "oci-image",
      artifactKind: "image",
      mediaType: ociImageManifest,
    });
    if (parsed.kind === "image")
      expect(parsed.layers[0]).toMatchObject({ digest, sizeBytes: 10, platform: null, urls: [] });
  });

  it("reads an index with platforms and attestations", () => {
    const platform = { os: "linux", architecture: "arm64", variant: "v8", "os.version": "1" };
    const attestation = {
      ...config,
      platform: { os: "unknown", architecture: "unknown" },
      annotations: {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": digest,
      },
    };
    const parsed = parseManifest(bytesOf({ ...index, manifests: [{ ...config, platform }, attestation] }));
    if (parsed.kind !== "index") throw new Error("not an index");
    expect(parsed.manifests[0]?.platform).toEqual({
      os: "linux",
      architecture: "arm64",
      variant: "v8",
      osVersion: "1",
    });
    expect(parsed.manifests.map(isAttestationEntry)).toEqual([false, true]);
  });

  it("takes the media type from the header where the body has none, and from the shape where neither has", () => {
    const { mediaType: _image, ...bareImage } = image;
    const { mediaType: _index, ...bareIndex } = index;
    expect(parseManifest(bytesOf(bareImage), dockerManifest).format).toBe("docker-image");
    expect(parseManifest(bytesOf(bareIndex), dockerManifestList).format).toBe("docker-list");
    expect(parseManifest(bytesOf(bareImage), "application/json").format).toBe("oci-image");
    expect(parseManifest(bytesOf(bareIndex)).format).toBe("oci-index");
  });

  it.each([
    ["a Helm chart", { ...image, config: { ...config, mediaType: helmConfig } }, "helm-chart"],
    [
      "a cosign signature",
      { ...image, layers: [{ ...layer, mediaType: "application/vnd.dev.cosign.simplesigning.v1+json" }] },
      "signature",
    ],
    [
      "a Notation signature",
      { ...image, config: { ...config, mediaType: "application/vnd.cncf.notary.signature" } },
      "signature",
    ],
    [
      "a sigstore signature bundle",
      {
        ...image,
        artifactType: "application/vnd.dev.sigstore.bundle.v0.3+json",
        annotations: { "dev.sigstore.bundle.predicateType": "https://sigstore.dev/cosign/sign/v1" },
      },
      "signature",
    ],
    [
      "a sigstore attestation bundle",
      {
        ...image,
        artifactType: "application/vnd.dev.sigstore.bundle.v0.3+json",
        annotations: { "dev.sigstore.bundle.predicateType": "https://slsa.dev/provenance/v1" },
      },
      "attestation",
    ],
    [
      "BuildKit attestations",
      { ...image, layers: [{ ...layer, mediaType: "application/vnd.in-toto+json" }] },
      "attestation",
    ],
    ["a CycloneDX SBOM", { ...image, artifactType: "application/vnd.cyclonedx+json" }, "sbom"],
    ["an SPDX SBOM", { ...image, config: { ...config, mediaType: "text/spdx" } }, "sbom"],
    ["a SARIF report", { ...image, artifactType: "application/sarif+json" }, "scan-report"],
    [
      "something else",
      { ...image, artifactType: "application/x-wasm", config: { ...config, mediaType: ociEmpty } },
      "artifact",
    ],
    [
      "an image with one odd layer",
      { ...image, layers: [{ ...layer, mediaType: "application/vnd.in-toto+json" }, layer] },
      "image",
    ],
  ])("recognises %s", (_name, value, kind) => {
    expect(parseManifest(bytesOf(value)).artifactKind).toBe(kind);
  });

  it.each<[string, unknown, string | undefined, RegistryErrorKind]>([
    ["both layers and manifests", { ...image, manifests: [] }, undefined, "invalid-response"],
    ["an index with layers", { ...index, layers: [] }, undefined, "invalid-response"],
    ["an index with a config", { ...index, config }, undefined, "invalid-response"],
    [
      "an index type on an image's body",
      { ...image, mediaType: ociImageIndex },
      undefined,
      "invalid-response",
    ],
    [
      "an image type on an index's body",
      { ...index, mediaType: ociImageManifest },
      undefined,
      "invalid-response",
    ],
    ["a header that contradicts the body", image, ociImageIndex, "invalid-response"],
    ["a header of the other family", image, dockerManifest, "invalid-response"],
    ["a web page", image, "text/html; charset=utf-8", "invalid-response"],
    ["keys that differ by case only", { ...image, Manifests: [] }, undefined, "invalid-response"],
    ["LAYERS beside layers", { ...image, LAYERS: [] }, undefined, "invalid-response"],
    ["a mediaType that is no text", { ...image, mediaType: 5 }, undefined, "invalid-response"],
    ["an unknown type", { ...image, mediaType: "application/x-unknown" }, undefined, "unsupported"],
    ["an unknown type in the header", { schemaVersion: 2 }, "application/x-unknown", "unsupported"],
    ["nothing to go by", { schemaVersion: 2 }, undefined, "invalid-response"],
    ["layers that are no list", { ...image, layers: {} }, undefined, "invalid-response"],
    ["manifests that are null", { ...index, manifests: 5 }, undefined, "invalid-response"],
    ["no config", { ...image, config: undefined }, undefined, "invalid-response"],
    ["an annotation that is no text", { ...image, annotations: { a: 1 } }, undefined, "invalid-response"],
    ["a broken subject", { ...image, subject: { digest: "x" } }, undefined, "invalid-response"],
  ])("R3: refuses %s", (_name, value, contentType, kind) => {
    expect(refusal(value, contentType).kind).toBe(kind);
  });

  it.each([
    ["a negative size", -1],
    ["a fraction", 1.5],
    ["more than a double holds", 9007199254740992],
    ["text", "10"],
    ["nothing", undefined],
    ["null", null],
    ["true", true],
  ])("R7: refuses a size that is %s", (_name, size) => {
    expect(refusal({ ...image, layers: [{ ...layer, size }] })).toMatchObject({
      kind: "invalid-response",
      field: "layers[0].size",
    });
  });

  it.each([
    ["1e400", '{"size":1e400}'],
    ["a duplicate key", '{"schemaVersion":2,"schemaVersion":2}'],
    ["__proto__", '{"schemaVersion":2,"__proto__":{}}'],
    ["a lone surrogate", '{"schemaVersion":2,"x":"\\ud800"}'],
    ["deep nesting", `{"x":${"[".repeat(10_000)}`],
    ["a list", "[]"],
    ["text", "hello"],
    ["nothing", ""],
    ["a web page", "<!doctype html><title>Welcome</title>"],
  ])("R7: refuses %s", (_name, text) => {
    expect(refusal(text).kind).toBe("invalid-response");
  });

  it("R2: names the unsupported algorithm of a layer", () => {
    const error = refusal({ ...image, layers: [{ ...layer, digest: `md5:${"a".repeat(32)}` }] });
    expect(error.message).toContain("md5");
    expect(error.field).toBe("layers[0].digest");
  });

  it("R4: refuses more bytes or entries than it will hold", () => {
    expect(refusal(Buffer.alloc(maxManifestBytes + 1, 0x20).toString()).kind).toBe("too-large");
    const many = { ...index, manifests: Array.from({ length: 10_001 }, () => ({ digest, size: 1 })) };
    expect(refusal(many).kind).toBe("too-large");
    const values = `{"schemaVersion":2,"x":[${"0,".repeat(300_000)}0]}`;
    expect(refusal(values).kind).toBe("invalid-response");
  });

  it.each<[string, unknown, string | undefined]>([
    ["by its version", { schemaVersion: 1, fsLayers: [] }, undefined],
    ["by its header", image, "application/vnd.docker.distribution.manifest.v1+prettyjws"],
    [
      "by its body",
      { schemaVersion: 2, mediaType: "application/vnd.docker.distribution.manifest.v1+json" },
      undefined,
    ],
  ])("calls schema 1 too old, known %s", (_name, value, contentType) => {
    expect(refusal(value, contentType).kind).toBe("too-old");
  });

  it("gives nothing back that Postgres cannot store", () => {
    const parsed = parseManifest(bytesOf({ ...image, annotations: { "a\0": "b\0c" } }));
    expect(parsed.annotations).toEqual({ "a\ufffd": "b\ufffdc" });
  });

  it("either reads or throws a RegistryError, whatever is changed", () => {
    const text = JSON.stringify({ ...image, subject: layer, annotations: { a: "b" } });
    const change = fc.tuple(fc.nat(text.length - 1), fc.nat(6), fc.string({ maxLength: 5 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        let changed = text;
        for (const [at, cut, insert] of changes)
          changed = changed.slice(0, at) + insert + changed.slice(at + cut);
        try {
          parseManifest(Buffer.from(changed));
        } catch (error) {
          expect(isRegistryError(error)).toBe(true);
        }
      }),
      { numRuns: fc.readConfigureGlobal().numRuns ?? 2_000 },
    );
  });
});

const samples = join(import.meta.dirname, "../../../shared/reference/samples/oci");

describe.skipIf(!existsSync(samples))("real manifests of the samples", () => {
  it.each([
    ["sigstore-bundle-referrer-manifest.json", "attestation"],
    ["cosign-sig-manifest-docker-two-signatures.json", "signature"],
    ["liatrio-autogov/attestation-manifest.json", "attestation"],
    ["liatrio-autogov/index.json", "index"],
    ["buildkit-attestation/attestation-manifest.json", "attestation"],
    ["buildkit-attestation/index.json", "index"],
    ["layout-single/index.json", "index"],
    ["docker-schema/complex.schema2.json", "image"],
    ["docker-schema/simple.schema2.json", "image"],
    ["docker-schema/ubuntu.schema2.json", "image"],
    ["docker-schema/unicode_manifest.json", "image"],
  ])("%s is read", (file, kind) => {
    expect(parseManifest(readFileSync(join(samples, file))).artifactKind).toBe(kind);
  });

  it.each(["docker-schema/simple.schema1.json", "docker-schema/ubuntu.schema1.json"])(
    "%s is too old",
    (file) => {
      expect(refusal(readFileSync(join(samples, file), "utf8")).kind).toBe("too-old");
    },
  );
});
