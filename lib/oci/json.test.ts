import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { JsonError, parseJson } from "#lib/oci/json";

/** Ordinary prototypes again, so that values can be compared with those of JSON.parse. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
}

const valid: [string, unknown][] = [
  ["[]", []],
  ["{}", {}],
  [" [ ] ", []],
  ["\t\n\r{ }\r\n", {}],
  ["null", null],
  ["true", true],
  ["false", false],
  ['""', ""],
  ["-0", -0],
  ["0", 0],
  ["[-1.0e+28]", [-1e28]],
  ["[123e65]", [123e65]],
  ["[1E22]", [1e22]],
  ["[0e+1]", [0]],
  ["[1.5]", [1.5]],
  ["[9007199254740991]", [9007199254740991]],
  ['"\\u0041"', "A"],
  ['"\\uDBFF\\uDFFF"', "\u{10ffff}"],
  ['"\\ud83d\\ude39"', "😹"],
  ['"\\u0000"', "\0"],
  ['"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\/\b\f\n\r\t'],
  ['"\u007f"', "\u007f"],
  ['"\u2028\u2029"', "\u2028\u2029"],
  ['{"":0}', { "": 0 }],
  ['{"constructor":1,"toString":2}', { constructor: 1, toString: 2 }],
  ['{"a":{"b":[1,{"c":null}]}}', { a: { b: [1, { c: null }] } }],
];

const refused: [string, string][] = [
  ["nothing", ""],
  ["blanks only", "  "],
  ["two values", "1 2"],
  ["trailing comma in a list", "[1,]"],
  ["trailing comma in an object", '{"a":1,}'],
  ["leading comma", "[,1]"],
  ["double comma", "[1,,2]"],
  ["missing comma", "[1 2]"],
  ["missing colon", '{"a" 1}'],
  ["double colon", '{"a"::1}'],
  ["comma for a colon", '{"a",1}'],
  ["key without quotes", "{a:1}"],
  ["single quotes", "{'a':1}"],
  ["number as a key", "{1:1}"],
  ["unclosed list", "[1"],
  ["unclosed object", '{"a":1'],
  ["unclosed string", '"abc'],
  ["wrong bracket", "[1}"],
  ["bracket too many", "[1]]"],
  ["comment", "[1/*c*/]"],
  ["line comment", "// c\n1"],
  ["NaN", "NaN"],
  ["Infinity", "Infinity"],
  ["-Infinity", "-Infinity"],
  ["plus sign", "+1"],
  ["leading zero", "01"],
  ["negative leading zero", "-01"],
  ["lone minus", "-"],
  ["point first", ".5"],
  ["point last", "1."],
  ["exponent without digits", "1e"],
  ["exponent with a sign only", "1e+"],
  ["hex number", "0x1"],
  ["full-width digit", "１"],
  ["number too large", "1e400"],
  ["negative number too large", "-1e400"],
  ["literal in capitals", "TRUE"],
  ["literal cut short", "tru"],
  ["undefined", "undefined"],
  ["line feed in a string", '"a\nb"'],
  ["NUL in a string", '"a\0b"'],
  ["tab in a string", '"\t"'],
  ["unknown escape", '"\\x41"'],
  ["escape at the end", '"\\'],
  ["short unicode escape", '"\\u00"'],
  ["unicode escape with a space", '"\\u 041"'],
  ["unicode escape with a sign", '"\\u+041"'],
  ["lone high surrogate", '"\\uD800"'],
  ["lone low surrogate", '"\\uDC00"'],
  ["surrogates the wrong way round", '"\\uDC00\\uD800"'],
  ["high surrogate before text", '"\\uD800a"'],
  ["two high surrogates", '"\\uD800\\uD800"'],
  ["lone surrogate in a key", '{"\\uD800":1}'],
  ["duplicate key", '{"a":1,"a":1}'],
  ["duplicate key in other spelling", '{"a":1,"\\u0061":2}'],
  ["duplicate nested key", '[{"x":{"a":1,"a":2}}]'],
  ["duplicate of an inherited name", '{"toString":1,"toString":2}'],
  ["__proto__", '{"__proto__":{"admin":true}}'],
  ["__proto__ by escapes", '{"\\u005f_proto__":1}'],
  ["byte order mark", "\ufeff{}"],
  ["no-break space", "\u00a0{}"],
  ["form feed", "\f{}"],
  ["deep list", "[".repeat(100_000)],
  ["deep object", '{"a":'.repeat(100_000)],
  ["deep and closed", `${"[".repeat(65)}${"]".repeat(65)}`],
];

describe("parseJson", () => {
  it.each(valid)("reads %s", (text, expected) => {
    expect(plain(parseJson(text))).toEqual(expected);
    expect(plain(parseJson(Buffer.from(text)))).toEqual(expected);
  });

  it.each(refused)("R7: refuses %s", (_name, text) => {
    expect(() => parseJson(text)).toThrow(JsonError);
    expect(() => parseJson(Buffer.from(text))).toThrow(JsonError);
  });

  it.each([
    ["a lone continuation byte", [0x22, 0x80, 0x22]],
    ["an overlong encoding", [0x22, 0xc0, 0xaf, 0x22]],
    ["an encoded surrogate", [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ["a cut sequence", [0x22, 0xe2, 0x82, 0x22]],
    ["Latin-1", [0x22, 0xe9, 0x22]],
    ["UTF-16", [0xff, 0xfe, 0x5b, 0x00, 0x5d, 0x00]],
  ])("R7: refuses bytes that are %s", (_name, bytes) => {
    expect(() => parseJson(Uint8Array.from(bytes))).toThrow(JsonError);
  });

  it("R7: refuses a text with a lone surrogate itself", () => {
    expect(() => parseJson('"\ud800"')).toThrow(/surrogate/);
  });

  it("R4: keeps to its limits of bytes, depth and values", () => {
    expect(() => parseJson("[1,2,3]", { maxBytes: 6 })).toThrow(/6 bytes/);
    expect(() => parseJson("[[[]]]", { maxDepth: 2 })).toThrow(/2 levels/);
    expect(() => parseJson("[1,2,3]", { maxValues: 3 })).toThrow(/3 values/);
    expect(parseJson(`${"[".repeat(64)}${"]".repeat(64)}`)).toBeInstanceOf(Array);
  });

  it("R7: gives objects no prototype", () => {
    const value = parseJson('{"a":{}}');
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect((value as Record<string, unknown>).hasOwnProperty).toBeUndefined();
  });

  it("reads whatever JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        if (text.includes("__proto__") || !text.isWellFormed() || /\\ud[89a-f]/.test(text)) return;
        expect(plain(parseJson(text, { maxDepth: 1000 }))).toEqual(JSON.parse(text));
      }),
    );
  });

  it("R7: never accepts what JSON.parse refuses, nor reads it otherwise", () => {
    const pieces = [
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"',
      "\\",
      "u00",
      "41",
      "a",
      "1",
      "-",
      ".",
      "e",
      "0",
      " ",
      "true",
      "null",
      "\u0001",
      "é",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 24 }), (parts) => {
        const text = parts.join("");
        let ours: unknown;
        try {
          ours = parseJson(text);
        } catch {
          return;
        }
        expect(plain(ours)).toEqual(JSON.parse(text));
      }),
      { numRuns: fc.readConfigureGlobal().numRuns ?? 3_000 },
    );
  });
});
