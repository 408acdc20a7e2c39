import { expect, it } from "vitest";
import type { ArtifactBase } from "#lib/inventory/schema-artifact";
import { nameOfImage, prepareBase } from "@/components/artifacts/prepare-base";

const digest = `sha256:${"a".repeat(64)}`;
const found: ArtifactBase = {
  source: "layers",
  name: null,
  digest: null,
  layerCount: 3,
  image: { registry: "local", repository: "base/node", reference: "22", digest },
  problem: null,
};

it("names the image that the layers tell of, and says how that is known", () => {
  expect(prepareBase(found, "local")).toEqual({
    before: "built on",
    name: "base/node:22",
    source: "Its first 3 layers are those of base/node:22.",
  });
  expect(nameOfImage(found, "other")).toBe("local/base/node:22");
});

it("shortens a digest where no tag stands", () => {
  const image = { registry: "local", repository: "base/node", reference: digest, digest };
  expect(nameOfImage({ ...found, image }, "local")).toBe("base/node@sha256:aaaaaaaaaaaa");
});

it("takes the annotations at their word, and says whether the layers bear them out", () => {
  const said: ArtifactBase = { ...found, source: "annotations", name: "docker.io/library/node:22", digest };
  expect(prepareBase(said, "local")?.name).toBe("docker.io/library/node:22");
  expect(prepareBase(said, "local")?.source).toContain("3 layers are those of base/node:22");
  expect(prepareBase({ ...said, image: null, layerCount: 0 }, "local")?.source).toBe(
    "Its annotations say so.",
  );
  expect(prepareBase({ ...said, name: null, image: null }, "local")?.name).toBe(digest);
});

it("says what does not fit", () => {
  expect(prepareBase({ ...found, problem: "They name another." }, "local")?.source).toContain(
    "They name another.",
  );
  expect(prepareBase(null, "local")).toBeNull();
});
