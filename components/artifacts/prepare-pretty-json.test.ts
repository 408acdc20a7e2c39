import { expect, it } from "vitest";
import { preparePrettyJson } from "@/components/artifacts/prepare-pretty-json";

it("indents as JSON.stringify does", () => {
  const value = { a: [1, { b: 'x "y" {z}, [:' }, []], c: {}, d: null, e: "\\" };
  expect(preparePrettyJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
  expect(preparePrettyJson(JSON.stringify(value, null, 7))).toBe(JSON.stringify(value, null, 2));
});

it("R7: keeps what a parser would lose", () => {
  expect(preparePrettyJson('{"size":12345678901234567890,"a":1,"a":2,"__proto__":1.0}')).toBe(
    '{\n  "size": 12345678901234567890,\n  "a": 1,\n  "a": 2,\n  "__proto__": 1.0\n}',
  );
});

it("R7: takes what is no JSON", () => {
  expect(preparePrettyJson('"open \\')).toBe('"open \\');
  expect(preparePrettyJson("]]}")).toBe("\n]\n]\n}");
  expect(preparePrettyJson("[".repeat(20_000)).length).toBeLessThan(2_000_000);
});
