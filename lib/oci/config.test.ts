import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { parseImageConfig } from "#lib/oci/config";
import { digestOf } from "#lib/oci/digest";

const diffId = digestOf("x");
const parse = (value: unknown) => parseImageConfig(Buffer.from(JSON.stringify(value)));

describe("parseImageConfig", () => {
  it("reads everything that is shown", () => {
    const config = parse({
      os: "linux",
      architecture: "arm64",
      variant: "v8",
      created: "2026-01-02T03:04:05.123456789Z",
      author: "A",
      config: {
        Entrypoint: ["/bin/app"],
        Cmd: ["serve"],
        Env: ["PATH=/bin"],
        User: "1000:1000",
        WorkingDir: "/srv",
        StopSignal: "SIGINT",
        ExposedPorts: { "8080/tcp": {} },
        Volumes: { "/data": {} },
        Labels: { a: "b" },
      },
      rootfs: { type: "layers", diff_ids: [diffId] },
      history: [
        { created: "2026-01-01T00:00:00Z", created_by: "COPY . .", comment: "buildkit" },
        { created: "rubbish", empty_layer: true },
      ],
    });
    expect(config).toMatchObject({
      platform: { os: "linux", architecture: "arm64", variant: "v8", osVersion: null },
      createdAt: "2026-01-02T03:04:05.123456789Z",
      entrypoint: ["/bin/app"],
      command: ["serve"],
      env: ["PATH=/bin"],
      user: "1000:1000",
      workingDir: "/srv",
      stopSignal: "SIGINT",
      exposedPorts: ["8080/tcp"],
      volumes: ["/data"],
      labels: { a: "b" },
      diffIds: [diffId],
    });
    expect(config.history).toHaveLength(2);
    expect(config.history[0]).toMatchObject({ createdBy: "COPY . .", emptyLayer: false });
    expect(config.history[1]).toMatchObject({ createdAt: null, emptyLayer: true });
  });

  it("reads the least there can be", () => {
    expect(parse({})).toMatchObject({
      createdAt: null,
      entrypoint: [],
      labels: {},
      history: [],
      diffIds: [],
    });
    expect(parse({ config: null, rootfs: null, history: null })).toMatchObject({ env: [] });
    expect(parse({ config: { Entrypoint: null, Cmd: "sh" } })).toMatchObject({
      entrypoint: [],
      command: ["sh"],
    });
  });

  it.each([
    ["a diff_id that is no digest", { rootfs: { diff_ids: ["x"] } }, /diff_ids\[0\]/],
    ["labels that are no text", { config: { Labels: { a: 1 } } }, /config\.Labels\.a/],
    ["an environment that is no list", { config: { Env: {} } }, /config\.Env/],
    ["a history of texts", { history: ["x"] }, /history\[0\]/],
    ["a config that is a list", { config: [] }, /config/],
    ["too much history", { history: Array.from({ length: 20_001 }, () => ({})) }, /20000 entries/],
  ])("R7: refuses %s", (_name, value, message) => {
    expect(() => parse(value)).toThrow(message);
  });

  it("R6: refuses a config larger than its cap", () => {
    expect(() => parseImageConfig(Buffer.alloc(8 * 1024 * 1024 + 1, 0x20))).toThrow(/bytes/);
  });
});

const samples = join(import.meta.dirname, "../../../shared/reference/samples/oci/docker-schema");

describe.skipIf(!existsSync(samples))("real configs of the samples", () => {
  it.each([
    "complex.config.json",
    "simple.config.json",
    "ubuntu.config.json",
    "unicode_manifest_config.json",
  ])("%s is read", (file) => {
    const config = parseImageConfig(readFileSync(join(samples, file)));
    expect(config.platform).toMatchObject({ os: "linux", architecture: "amd64" });
    expect(config.history.length).toBeGreaterThan(0);
    expect(config.history.filter((entry) => !entry.emptyLayer)).toHaveLength(config.diffIds.length);
  });
});
