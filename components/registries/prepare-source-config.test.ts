import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ownSecretKinds } from "#lib/events/schema";
import { prepareSourceConfig } from "@/components/registries/prepare-source-config";

const secret = "s3cret-of-43-characters";

describe("what to paste at a sender", () => {
  it.each(ownSecretKinds)("%s: each text is whole, and holds address and secret", (kind) => {
    const configs = prepareSourceConfig(kind, `https://console.example:8443/api/ingest/${kind}`, secret);
    expect(configs.length).toBeGreaterThan(0);
    for (const { where, text } of configs) {
      expect(text).toContain(secret);
      expect(text).toMatch(/console\.example/);
      expect(text).toContain(`/api/ingest/${kind}`);
      if (where.startsWith("config.json")) expect(JSON.parse(text)).toBeTypeOf("object");
      else if (where.endsWith(".yaml")) expect(parse(text)).toBeTypeOf("object");
    }
  });

  it("a shipper that takes host and port apart gets both", () => {
    const fluentBit = (url: string) =>
      prepareSourceConfig("registry-logs", url, secret).find(({ title }) => title === "Fluent Bit")?.text;
    expect(fluentBit("http://console:3000/api/ingest/registry-logs")).toMatch(
      /host: console\n\s+port: 3000\n\s+tls: off/,
    );
    expect(fluentBit("https://console/api/ingest/registry-logs")).toMatch(/port: 443\n\s+tls: on/);
  });
});
