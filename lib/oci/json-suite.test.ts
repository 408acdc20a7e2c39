import { describe, expect, it } from "vitest";
import { JsonError, type JsonValue, parseJson } from "#lib/oci/json";
import { type JsonCase, listJsonCases } from "#lib/oci/testing/json-cases";

const cases = listJsonCases();
const named = (verdict: JsonCase["verdict"]) =>
  cases.filter((one) => one.verdict === verdict).map((one) => [one.name, one.bytes] as const);

/** Ordinary prototypes, so that values can be compared with those of JSON.parse. */
function plain(value: JsonValue): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
}

/** An oracle that is not ours: what a browser makes of the bytes. */
function parseAsBrowser(bytes: Buffer): unknown {
  return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
}

describe("R7: JSON that registries may send", () => {
  it("is tried with some hundred texts, none twice", () => {
    expect(cases.length).toBeGreaterThanOrEqual(318);
    expect(new Set(cases.map(({ bytes }) => bytes.toString("latin1"))).size).toBe(cases.length);
  });

  it.each(named("y"))("reads %s", (_name, bytes) => {
    const expected = parseAsBrowser(bytes);
    expect(plain(parseJson(bytes))).toEqual(expected);
    expect(plain(parseJson(bytes.toString("utf8")))).toEqual(expected);
  });

  it.each(named("n"))("refuses %s", (_name, bytes) => {
    expect(() => parseAsBrowser(bytes), "the table is right").toThrow();
    expect(() => parseJson(bytes)).toThrow(JsonError);
  });

  it.each(named("i"))("refuses, though others read it, %s", (_name, bytes) => {
    expect(() => parseAsBrowser(bytes), "the table is right").not.toThrow();
    expect(() => parseJson(bytes)).toThrow(JsonError);
    expect(() => parseJson(bytes.toString("utf8"))).toThrow(JsonError);
    expect(Object.prototype).not.toHaveProperty("admin");
  });
});
