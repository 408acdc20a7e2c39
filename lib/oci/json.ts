import { isUtf8 } from "node:buffer";

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export type JsonObject = { [key: string]: JsonValue };
export type JsonLimits = { maxBytes?: number; maxDepth?: number; maxValues?: number };

/** What is wrong with a text that claims to be JSON; `offset` counts characters from 0. */
export class JsonError extends Error {
  readonly offset: number;

  constructor(problem: string, offset: number) {
    super(`${problem} at character ${offset}`);
    this.name = "JsonError";
    this.offset = offset;
  }
}

const defaults = { maxBytes: 4 * 1024 * 1024, maxDepth: 64, maxValues: 250_000 };

/**
 * The one JSON parser for what registries send. Stricter than JSON.parse: duplicate keys, `__proto__`, lone
 * surrogates, invalid UTF-8, numbers beyond a double, and anything over the byte, depth and value limits are
 * refused. Objects have no prototype, so a key can never reach an inherited property.
 */
export function parseJson(source: Uint8Array | string, limits: JsonLimits = {}): JsonValue {
  const maxBytes = limits.maxBytes ?? defaults.maxBytes;
  if (source.length > maxBytes) throw new JsonError(`JSON of more than ${maxBytes} bytes`, maxBytes);
  let text: string;
  if (typeof source === "string") {
    if (!source.isWellFormed()) throw new JsonError("lone surrogate", 0);
    text = source;
  } else {
    if (!isUtf8(source)) throw new JsonError("bytes that are not UTF-8", 0);
    text = Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString("utf8");
  }
  const maxDepth = limits.maxDepth ?? defaults.maxDepth;
  return new Reader(text, maxDepth, limits.maxValues ?? defaults.maxValues).document();
}

const quote = 0x22;
const backslash = 0x5c;
const numberPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const hexPattern = /^[0-9a-fA-F]{4}$/;
const escapes = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

class Reader {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #maxValues: number;
  #at = 0;
  #values = 0;

  constructor(text: string, maxDepth: number, maxValues: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
    this.#maxValues = maxValues;
  }

  document(): JsonValue {
    this.#skipSpace();
    const value = this.#value(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#error("text after the end");
    return value;
  }

  #error(problem: string): JsonError {
    return new JsonError(problem, this.#at);
  }

  #skipSpace(): void {
    const text = this.#text;
    let at = this.#at;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
      at += 1;
    }
    this.#at = at;
  }

  #value(depth: number): JsonValue {
    this.#values += 1;
    if (this.#values > this.#maxValues) throw this.#error(`more than ${this.#maxValues} values`);
    switch (this.#text.charCodeAt(this.#at)) {
      case quote:
        return this.#string();
      case 0x7b:
        return this.#object(depth + 1);
      case 0x5b:
        return this.#array(depth + 1);
      case 0x74:
        return this.#word("true", true);
      case 0x66:
        return this.#word("false", false);
      case 0x6e:
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #word<T extends JsonValue>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#error("unexpected character");
    this.#at += word.length;
    return value;
  }

  #number(): number {
    numberPattern.lastIndex = this.#at;
    const match = numberPattern.exec(this.#text);
    if (match === null) {
      throw this.#error(this.#at >= this.#text.length ? "the text ends too early" : "unexpected character");
    }
    const value = Number(match[0]);
    if (!Number.isFinite(value)) throw this.#error("number too large");
    this.#at = numberPattern.lastIndex;
    return value;
  }

  #string(): string {
    const text = this.#text;
    let at = this.#at + 1;
    let start = at;
    let result = "";
    let escaped = false;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === quote) break;
      if (code === backslash) {
        result += text.slice(start, at);
        this.#at = at;
        result += this.#escape();
        at = this.#at;
        start = at;
        escaped = true;
        continue;
      }
      // NaN, past the end, fails this comparison too.
      if (!(code >= 0x20)) {
        this.#at = at;
        throw this.#error(
          at >= text.length ? "the text ends inside a string" : "control character in a string",
        );
      }
      at += 1;
    }
    result = escaped ? result + text.slice(start, at) : text.slice(start, at);
    this.#at = at + 1;
    if (escaped && !result.isWellFormed()) throw this.#error("lone surrogate");
    return result;
  }

  #escape(): string {
    const letter = this.#text.charAt(this.#at + 1);
    if (letter === "u") {
      const digits = this.#text.slice(this.#at + 2, this.#at + 6);
      if (!hexPattern.test(digits)) throw this.#error("broken \\u escape");
      this.#at += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const plain = escapes.get(letter);
    if (plain === undefined) throw this.#error("unknown escape");
    this.#at += 2;
    return plain;
  }

  #enter(depth: number): void {
    if (depth > this.#maxDepth) throw this.#error(`nested deeper than ${this.#maxDepth} levels`);
    this.#at += 1;
    this.#skipSpace();
  }

  /** Steps over a comma (true) or the closing bracket (false). */
  #more(close: number): boolean {
    this.#skipSpace();
    const code = this.#text.charCodeAt(this.#at);
    if (code !== 0x2c && code !== close) {
      throw this.#error(Number.isNaN(code) ? "the text ends too early" : "unexpected character");
    }
    this.#at += 1;
    if (code === close) return false;
    this.#skipSpace();
    return true;
  }

  #array(depth: number): JsonValue[] {
    this.#enter(depth);
    const items: JsonValue[] = [];
    if (this.#text.charCodeAt(this.#at) === 0x5d) {
      this.#at += 1;
      return items;
    }
    do items.push(this.#value(depth));
    while (this.#more(0x5d));
    return items;
  }

  #object(depth: number): JsonObject {
    this.#enter(depth);
    const object: JsonObject = Object.create(null);
    if (this.#text.charCodeAt(this.#at) === 0x7d) {
      this.#at += 1;
      return object;
    }
    do {
      if (this.#text.charCodeAt(this.#at) !== quote) throw this.#error("a key is missing");
      const key = this.#string();
      if (key === "__proto__") throw this.#error("the key __proto__");
      if (key in object) throw this.#error("a key that is there twice");
      this.#skipSpace();
      if (this.#text.charCodeAt(this.#at) !== 0x3a) throw this.#error("a colon is missing");
      this.#at += 1;
      this.#skipSpace();
      object[key] = this.#value(depth);
    } while (this.#more(0x7d));
    return object;
  }
}
