import { describe, expect, it } from "vitest";
import {
  chooseRegistry,
  formatImageHref,
  parseFullReference,
  parseImagePath,
} from "#lib/inventory/rules-reference";

const digest = `sha256:${"a".repeat(64)}`;

describe("the address of a page", () => {
  it.each([
    [["main"], { registry: "main", repository: null, tag: null, digest: null }],
    [["main", "team", "api"], { registry: "main", repository: "team/api", tag: null, digest: null }],
    [["main", "team", "api%3Av1.4"], { registry: "main", repository: "team/api", tag: "v1.4", digest: null }],
    [["main", "api:v1"], { registry: "main", repository: "api", tag: "v1", digest: null }],
    [
      ["localhost:5000", "api", `b@${digest}`],
      { registry: "localhost:5000", repository: "api/b", tag: null, digest },
    ],
    [["main", "api", `b:v1@${digest}`], { registry: "main", repository: "api/b", tag: "v1", digest }],
  ])("%j is a reference", (segments, reference) => {
    expect(parseImagePath(segments)).toEqual({ ok: true, reference });
  });

  it.each([
    [["main", "UPPER"]],
    [["main", "%E0%A4%A"]],
    [["main", "api", ".."]],
    [["main", "api:"]],
    [["main", "api@sha256:12"]],
    [[]],
    [["main", ""]],
  ])("O9: %j is none", (segments) => {
    expect(parseImagePath(segments)).toMatchObject({ ok: false });
  });

  it("is the way back from a reference", () => {
    for (const text of ["main/team/api", "main/team/api:v1", `main/team/api@${digest}`]) {
      const parsed = parseFullReference(text);
      expect(parsed.ok && formatImageHref(parsed.reference)).toBe(`/images/${text}`);
    }
  });
});

it("a registry is found by slug before host, connected before disconnected, with or without its default port", () => {
  const registries = [
    { slug: "old", url: "https://r.example.com", disconnectedAt: new Date() },
    { slug: "new", url: "https://r.example.com", disconnectedAt: null },
    { slug: "localhost", url: "http://localhost:5000", disconnectedAt: null },
    { slug: "hub", url: "https://registry-1.docker.io", disconnectedAt: null },
  ];
  const choose = (name: string) => chooseRegistry(registries, name)?.slug ?? null;
  expect(
    [
      "r.example.com",
      "R.example.com:443",
      "old",
      "localhost:5000",
      "localhost",
      "docker.io",
      "r.example.com:80",
    ].map(choose),
  ).toEqual(["new", "new", "old", "localhost", "localhost", "hub", null]);
});
