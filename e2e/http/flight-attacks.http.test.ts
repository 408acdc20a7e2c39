import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConsoleUnderTest, listConsoles } from "./console-under-test.ts";
import { createSignedIn } from "./identities.ts";
import { sendRequest } from "./send-request.ts";
import { openStage, type Stage } from "./stage.ts";

let stage: Stage;
let cookie: string;

beforeAll(async () => {
  stage = await openStage();
  const held = [{ role: "viewer" as const, registryId: null, pattern: null }];
  cookie = (await createSignedIn(stage.database, stage.console, stage.origin, held)).jar.format();
});
afterAll(() => stage.close());

const boundary = "----flight";

function formOf(parts: Record<string, string>): string {
  const lines = Object.entries(parts).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return `${lines.join("")}--${boundary}--\r\n`;
}

const multipart = { "content-type": `multipart/form-data; boundary=${boundary}` };
const text = { "content-type": "text/plain;charset=UTF-8" };
const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;

const bodies: { name: string; headers: Record<string, string>; body: string | Buffer }[] = [
  { name: "no JSON", headers: text, body: "[[[[" },
  { name: "a foreign action", headers: text, body: "[]" },
  { name: "deep nesting", headers: text, body: deep },
  {
    name: "prototype keys",
    headers: text,
    body: '[{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}]',
  },
  { name: "a reference to itself", headers: multipart, body: formOf({ "0": '["$0","$K0","$Q0"]' }) },
  {
    name: "a thenable that asks for the constructor",
    headers: multipart,
    body: formOf({
      "0": '{"then":"$1:__proto__:then","status":"resolved_model","reason":-1,"value":"{\\"then\\":\\"$B0\\"}","_response":{"_prefix":"throw 1;","_formData":{"get":"$1:constructor:constructor"}}}',
      "1": '"$@0"',
    }),
  },
  {
    name: "a bound action of another build",
    headers: multipart,
    body: formOf({ $ACTION_REF_1: "", "$ACTION_1:0": '{"id":"x","bound":"$@1"}', "$ACTION_1:1": "[]" }),
  },
  {
    name: "an action id in a field",
    headers: multipart,
    body: formOf({ [`$ACTION_ID_${"a".repeat(42)}`]: "" }),
  },
  {
    name: "a form that never ends",
    headers: multipart,
    body: `--${boundary}\r\nContent-Disposition: form-data; name="0"\r\n\r\n${"x".repeat(1000)}`,
  },
  { name: "a form without its boundary", headers: { "content-type": "multipart/form-data" }, body: "x" },
  {
    name: "a thousand fields",
    headers: multipart,
    body: formOf(
      Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [String(index), `"$${index + 1}"`])),
    ),
  },
  { name: "2 MiB of nothing", headers: text, body: Buffer.alloc(2 * 1024 * 1024, "[") },
  { name: "12 MiB in a form", headers: multipart, body: formOf({ "0": "x".repeat(12 * 1024 * 1024) }) },
  { name: "random bytes", headers: text, body: randomBytes(4096) },
];
const actionIds = [
  "a".repeat(40),
  `40${"b".repeat(40)}`,
  "x",
  "__proto__",
  "../../server",
  "0".repeat(5000),
  "constructor",
];

/** The entry lets no body through to a page. Next alone may also answer as if the page had been read. */
function refusals(console: ConsoleUnderTest): number[] {
  return console.entry ? [405] : [200, 303, 307, 400, 403, 404, 405, 409, 413, 415];
}

describe.each(listConsoles())("W5: bodies for server actions, $name", (console) => {
  it.each(bodies)("$name is refused within a second", async ({ headers, body }) => {
    for (const path of ["/", "/sign-in", "/images"]) {
      for (const action of [undefined, ...actionIds.slice(0, 2)]) {
        const send = () =>
          sendRequest(console, {
            method: "POST",
            path,
            headers: {
              ...headers,
              cookie,
              origin: stage.origin,
              ...(action ? { "next-action": action } : {}),
            },
            body,
          }).catch((error: NodeJS.ErrnoException) => ({ status: 400, ms: 0, text: error.code ?? "" }));
        let answer = await send();
        // A machine that was busy for a moment is not a slow answer.
        for (let again = 0; again < 2 && answer.ms >= 1_000; again++) answer = await send();
        expect(refusals(console), `${path} ${action}`).toContain(answer.status);
        expect(answer.ms, `${path} ${action}`).toBeLessThan(1_000);
      }
    }
    const alive = await sendRequest(console, { path: "/api/health" });
    expect(alive.status).toBe(200);
  });

  it("action ids of nobody are refused, from our origin and from others", async () => {
    for (const action of actionIds) {
      for (const origin of [stage.origin, "https://evil.example", "null"]) {
        const answer = await sendRequest(console, {
          method: "POST",
          path: "/sign-in",
          headers: { ...text, cookie, origin, "next-action": action },
          body: "[]",
        });
        expect(answer.status, `${action.slice(0, 20)} ${origin}`).toBeGreaterThanOrEqual(400);
        expect(answer.status, `${action.slice(0, 20)} ${origin}`).toBeLessThan(500);
      }
    }
  });
});
