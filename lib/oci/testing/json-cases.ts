/** What a parser must do with a text: `y` read it, `n` refuse it, `i` what only a strict parser refuses. */
export type JsonVerdict = "y" | "n" | "i";
export type JsonCase = { name: string; verdict: JsonVerdict; bytes: Buffer };

type Place = [string, (fragment: Buffer) => Buffer];

// What is right or wrong alone is so in each of these places.
const alone: Place = ["alone", (fragment) => fragment];
const inList: Place = ["in a list", (fragment) => around("[1,", fragment, ' ,"x"]')];
const inObject: Place = ["as a member", (fragment) => around('{"a":', fragment, ',"b":0}')];

const around = (before: string, fragment: Buffer, after: string) =>
  Buffer.concat([Buffer.from(before), fragment, Buffer.from(after)]);
const hex = (digits: string) => Buffer.from(digits.replaceAll(" ", ""), "hex");
const quoted = (digits: string) => around('"', hex(digits), '"');

/** Numbers, and what is not quite one. */
const numbers: [JsonVerdict, string[]][] = [
  ["y", ["0", "-0", "7", "-1", "123", "1.5", "-0.25", "1e3", "1E3", "1e-3", "1e+3", "0e1", "0.1E-7"]],
  ["n", ["+1", "01", "-01", "00", "-", "--1", "++1", ".5", "-.5", "1.", "1.e3", "0.e1", "1.2.3", "1_000"]],
  ["n", ["1e", "1e+", "1E-", "1.0e", "1eE2", "0x1", "0b1", "1n", "1a", "1f", "- 1", "1 0", "NaN", "-NaN"]],
  ["n", ["Infinity", "-Infinity", "Inf", "1+2", "１", "½", "1,5,", "0e+-1", "1'000"]],
];
/** Too large for a double: JSON.parse makes Infinity of them. */
const hugeNumbers = ["1e309", "-1e309", "1e99999999", `1${"0".repeat(400)}`, `-${"9".repeat(400)}.5`];
/** Readable, though the double is only near to what stands there. */
const roundedNumbers = ["1e-400", "9007199254740993", "-18446744073709551616", `0.${"0".repeat(400)}1`];

/** The inside of strings as it stands in the text. */
const strings: [JsonVerdict, string[]][] = [
  ["y", ["", " ", "a", "é", "€", "😹", "\u007f", "\u2028", "\ufeff", "\uffff", "\u{10ffff}", "/*c*/", "//"]],
  ["y", ['\\"', "\\\\", "\\/", "\\b\\f\\n\\r\\t", "\\\\u0041", "\\u0041", "\\u00e9", "\\uABCD", "\\uabcd"]],
  ["y", ["\\u0000", "\\uffff", "\\uFFFE", "\\ud83d\\ude39", "\\uDBFF\\uDFFF", "\\u0022", "\\u005c\\u005c"]],
  ["n", ["\n", "\r", "\t", "\0", "\u001f", "a\u0001b", "\\", '\\"\\', "\\\\\\", "\\x41", "\\a", "\\v"]],
  ["n", ["\\0", "\\'", "\\ ", "\\\n", "\\é", "\\😹", "\\U0041", "\\u", "\\u0", "\\u00", "\\u004", "\\u004g"]],
  ["n", ["\\u 041", "\\u-041", "\\u+041", "\\u00\\u41", "\\ud800\\", "\\ud800\\u", "\\ud800\\u1", "\\u{41}"]],
  ["i", ["\\ud800", "\\uDFFF", "\\ud800a", "a\\udc00", "\\udc00\\ud800", "\\ud800\\ud800", "\\ud800\\n"]],
  ["i", ["\\ud800\\u0041", "\\ud83d\\ude39\\ude39", "\\\\\\ud800"]],
];

/** Words, and what only looks like a value. */
const words: [JsonVerdict, string[]][] = [
  ["y", ["true", "false", "null"]],
  ["n", ["True", "FALSE", "Null", "tru", "fals", "nul", "truee", "nulll", "undefined", "None", "nil", "yes"]],
  ["n", ["*", "'a'", "`a`", "a", "é", '"', "'", "#", "<null>", "<.>", "()", "\\u0041", "\ufeff1", "\u20601"]],
];

/** Whole texts. */
const structures: [JsonVerdict, string[]][] = [
  ["y", ["[]", "{}", " [ ] ", "\t\r\n {\n}\n", "[[]]", "[{}]", '{"a":{}}', '[null,true,0,"",[],{}]']],
  ["y", ['{"":0}', '{"a":1,"A":2}', '{"a b":1}', '{"toString":1}', '{"constructor":{"a":1}}']],
  [
    "y",
    ['{"a":[],"b":[]}', '{"hasOwnProperty":0,"valueOf":1}', '{"__proto":1,"_proto__":2}', '["__proto__"]'],
  ],
  ["n", ["", " ", "\n", "[", "]", "{", "}", "[[", "[{", "{[", "[}", "{]", "[1", "[1,", "[,", "[,]", "[,1]"]],
  [
    "n",
    ["[1,]", "[1,,2]", "[1,,]", "[1 2]", "[1;2]", "[1:2]", '["a":1]', "[1]]", "[1],", "[1]x", "[][]", "[]{}"],
  ],
  ["n", ["1 2", "1,2", '"a" "b"', "{}{}", "{}}", "{}#", "{}//c", "{}/*c*/", "/*c*/{}", "[1/**/]", "//c\n1"]],
  ["n", ["{,}", '{"a"}', '{"a":}', '{"a"1}', '{"a",1}', '{"a"::1}', '{"a":1,}', '{"a":1,,"b":2}', "{:1}"]],
  [
    "n",
    [
      '{"a":1 "b":2}',
      '{"a":1;"b":2}',
      "{a:1}",
      "{'a':1}",
      "{1:1}",
      "{null:1}",
      "{[1]:1}",
      "{{}:1}",
      '{"a":1',
    ],
  ],
  [
    "n",
    [
      '{"a"',
      '{"a":',
      '{"a":1,',
      '{"a":1,"',
      '{"',
      '["a',
      '["a",',
      "[true",
      "[tru",
      '{"a":1]',
      '["a"}',
      "[1}",
    ],
  ],
  [
    "n",
    ["\f1", "\v1", "\u00a01", "1\u00a0", "[\f]", "[1\v]", "1\0", "\u00001", "[\0]", "\u2028[]", "{\u200b}"],
  ],
  ["n", ["\ufeff{}", "\ufeff", "[1\\n]", "\\u000A1", '"a"b"', "<html></html>", "{}\n--", "...", "[...1]"]],
  [
    "i",
    ['{"a":1,"a":1}', '{"a":1,"a":2}', '{"a":1,"b":2,"\\u0061":3}', '[{"x":{"a":{},"a":[]}}]', '{"":0,"":0}'],
  ],
  [
    "i",
    [
      '{"toString":1,"toString":2}',
      '{"__proto__":1}',
      '{"__proto__":{"admin":true}}',
      '{"\\u005f_proto__":[]}',
    ],
  ],
  ["i", ['[{"a":{"__proto__":null}}]']],
];

/** Bytes that are not UTF-8, or not in the way that they claim. */
const damaged: [string, Buffer][] = [
  ["a lone continuation byte", quoted("80")],
  ["two continuation bytes", quoted("80 bf")],
  ["an overlong slash of two bytes", quoted("c0 af")],
  ["an overlong slash of three", quoted("e0 80 af")],
  ["an overlong slash of four", quoted("f0 80 80 af")],
  ["an overlong NUL", quoted("c0 80")],
  ["five bytes for one character", quoted("f8 88 80 80 80")],
  ["six bytes for one character", quoted("fc 83 bf bf bf bf")],
  ["an encoded high surrogate", quoted("ed a0 80")],
  ["an encoded low surrogate", quoted("ed bf bf")],
  ["an encoded pair of surrogates", quoted("ed a0 bd ed b8 b9")],
  ["a character past the last", quoted("f4 90 80 80")],
  ["two bytes cut", quoted("c3")],
  ["three bytes cut", quoted("e2 82")],
  ["four bytes cut", quoted("f0 9f 98")],
  ["a cut sequence at the end of the text", Buffer.concat([Buffer.from('"a'), hex("e2 82")])],
  ["Latin-1", quoted("e9")],
  ["0xFE", quoted("fe")],
  ["0xFF", quoted("ff")],
  ["damage in a key", around('{"', hex("e9"), '":1}')],
  ["damage after an escape", around('"\\n', hex("e5"), '"')],
  ["damage in an escape", around('"\\u', hex("e5"), '"')],
  ["damage in a number", around("[12", hex("e5"), "]")],
  ["damage in an exponent", around("[1e1", hex("e5"), "]")],
  ["damage between values", around("[1,", hex("ff"), "1]")],
  ["damage after the end", around("[]", hex("ff"), "")],
  ["UTF-16, little end first", Buffer.from("[1]", "utf16le")],
  ["UTF-16 with its mark", Buffer.concat([hex("ff fe"), Buffer.from("[1]", "utf16le")])],
  ["UTF-16, big end first", Buffer.from("[1]", "utf16le").swap16()],
  ["UTF-32", hex("5b 00 00 00 5d 00 00 00")],
  ["a byte order mark cut short", hex("ef bb 7b 7d")],
  ["gzip", hex("1f 8b 08 00 00 00 00 00 00 03")],
];

/** Deep texts; a parser that calls itself for each level must not fall over. */
const depths: [JsonVerdict, string, string][] = [
  ["y", "64 lists", "[".repeat(64) + "]".repeat(64)],
  ["y", "64 objects", `${'{"a":'.repeat(63)}{}${"}".repeat(63)}`],
  ["i", "65 lists", "[".repeat(65) + "]".repeat(65)],
  ["i", "500 lists", "[".repeat(500) + "]".repeat(500)],
  ["i", "500 objects", `${'{"a":'.repeat(500)}1${"}".repeat(500)}`],
  ["n", "100,000 open lists", "[".repeat(100_000)],
  ["n", "100,000 open objects", '{"a":'.repeat(100_000)],
  ["n", "50,000 open pairs of both", '[{"":'.repeat(50_000)],
];

/**
 * A few hundred texts in the manner of JSONTestSuite, made from the tables above: structure, numbers, strings,
 * damaged UTF-8, surrogates, duplicate keys, depth.
 */
export function listJsonCases(): JsonCase[] {
  const cases: JsonCase[] = [];
  const add = (verdict: JsonVerdict, kind: string, fragment: Buffer, [place, put]: Place) => {
    cases.push({ verdict, name: `${kind} ${place}: ${show(fragment)}`, bytes: put(fragment) });
  };
  const addAll = (kind: string, table: [JsonVerdict, string[]][], place: Place) => {
    for (const [verdict, texts] of table)
      for (const text of texts) add(verdict, kind, Buffer.from(text), place);
  };
  addAll("number", numbers, inList);
  for (const [verdict, texts] of numbers) addAll("number", [[verdict, texts.slice(0, 5)]], alone);
  addAll("number", [["i", hugeNumbers]], inList);
  addAll("number", [["y", roundedNumbers]], inList);
  for (const [verdict, texts] of strings)
    for (const text of texts) add(verdict, "string", around('"', Buffer.from(text), '"'), inList);
  for (const [verdict, texts] of strings)
    for (const text of texts.slice(0, 5)) add(verdict, "key", Buffer.from(`{"${text}":1}`), alone);
  addAll("word", words, inList);
  addAll("word", [["n", ["True", "nul", "undefined", "a", "'a'"]]], inObject);
  addAll("structure", structures, alone);
  for (const [name, bytes] of damaged) cases.push({ verdict: "n", name: `bytes: ${name}`, bytes });
  for (const [verdict, name, text] of depths)
    cases.push({ verdict, name: `depth: ${name}`, bytes: Buffer.from(text) });
  return cases;
}

function show(fragment: Buffer): string {
  return JSON.stringify(fragment.toString("utf8")).slice(0, 40);
}
