import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getAdminKey } from "./console-under-test.ts";
import { createSignedIn } from "./identities.ts";
import { readJson, sendRequest } from "./send-request.ts";
import { openStage, type Stage } from "./stage.ts";

let stage: Stage;
let cookie: string;
let robot: { name: string; id: string };

beforeAll(async () => {
  stage = await openStage();
  const held = [{ role: "admin" as const, registryId: null, pattern: null }];
  cookie = (await createSignedIn(stage.database, stage.console, stage.origin, held)).jar.format();
  const name = `robot-${randomBytes(4).toString("hex")}`;
  const { rows } = await stage.database.query<{ id: string }>(
    `INSERT INTO access_principal (id, kind, name, created_by) VALUES (gen_random_uuid(), 'robot', $1, 'test') RETURNING id`,
    [name],
  );
  robot = { name, id: rows[0]?.id ?? "" };
});
afterAll(() => stage.close());

const ask = (headers: Record<string, string>, scope = "repository:any/thing:pull,push,delete") =>
  sendRequest(stage.console, { path: `/api/token?service=${stage.alpha.slug}&scope=${scope}`, headers });

describe("T8: nothing that opens one door opens another", () => {
  it("a session and an API key are nobody at the token endpoint, and a console password is refused", async () => {
    const key = getAdminKey();
    const basic = (name: string, password: string) =>
      `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;
    const withCookie = await ask({ cookie });
    expect(withCookie.status).toBe(200);
    const payload = Buffer.from(
      String(readJson(withCookie).token).split(".")[1] ?? "",
      "base64url",
    ).toString();
    expect(JSON.parse(payload)).toMatchObject({ sub: "", access: [] });
    for (const authorization of [
      `Bearer ${key}`,
      basic("admin", key),
      basic(robot.name, key),
      basic("", key),
    ])
      expect((await ask({ authorization })).status, authorization.slice(0, 8)).toBe(401);
  });

  it("a token for a registry is worth nothing at the console's own API", async () => {
    const token = String(readJson(await ask({})).token);
    for (const headers of [
      { authorization: `Bearer ${token}` },
      { cookie: `wharfinger.session=${token}` },
      { cookie: `__Secure-next-auth.session-token=${token}` },
    ]) {
      const answer = await sendRequest(stage.console, { path: "/api/v1/repositories", headers });
      expect(answer.status).toBe(401);
    }
  });

  it("other methods and spellings of the path are not the token endpoint", async () => {
    for (const [method, path, status] of [
      ["PUT", "/api/token", 404],
      ["DELETE", "/api/token", 404],
      ["GET", "/api/token/", 404],
      ["GET", "/api//token", 404],
      ["GET", "/api/token/jwks/x", 404],
      ["GET", "/API/TOKEN", 404],
    ] as const) {
      const answer = await sendRequest(stage.console, {
        method,
        path: `${path}?service=${stage.alpha.slug}`,
      });
      expect([status, 308, 405], `${method} ${path}`).toContain(answer.status);
      expect(answer.text).not.toContain("access_token");
    }
  });
});

describe("T15: a flood at the token endpoint", () => {
  it("is answered or refused in time, and people go on working", { timeout: 120_000 }, async () => {
    let isOver = false;
    const statuses = new Map<number, number>();
    const flood = async () => {
      while (!isOver) {
        const wrong = `Basic ${Buffer.from(`${robot.name}:wfs_${"x".repeat(43)}`).toString("base64")}`;
        const answer = await ask(Math.random() < 0.5 ? {} : { authorization: wrong });
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      }
    };
    const flooding = Array.from({ length: 100 }, flood);
    const waits: number[] = [];
    for (let round = 0; round < 20; round++) {
      const me = await sendRequest(stage.console, { path: "/api/v1/me", headers: { cookie } });
      expect(me.status).toBe(200);
      waits.push(me.ms);
    }
    isOver = true;
    await Promise.all(flooding);
    expect([...statuses.keys()].every((status) => [200, 401, 429].includes(status))).toBe(true);
    expect(waits.toSorted((a, b) => a - b)[Math.floor(waits.length / 2)]).toBeLessThan(2_000);
  });
});

describe("refusals", () => {
  it("are listed to who may read access, and to nobody else", async () => {
    await ask({}, "repository:secret/plan:pull");
    const list = (headers: Record<string, string>) =>
      sendRequest(stage.console, {
        path: `/api/v1/token-denials?registry=${stage.alpha.slug}&repository=secret/plan`,
        headers,
      });
    await expect
      .poll(async () => (readJson(await list({ cookie })).items as unknown[]).length, {
        timeout: 2_000,
        interval: 100,
      })
      .toBe(1);
    const answer = await list({ cookie });
    expect(stage.validator.listProblems("GET", "/api/v1/token-denials", answer)).toEqual([]);
    expect((readJson(answer).items as object[])[0]).toMatchObject({
      registry: stage.alpha.slug,
      repository: "secret/plan",
      actions: ["pull"],
      reason: "no-grant",
      principal: null,
    });
    expect((await list({})).status).toBe(401);
    for (const binding of [
      { role: "viewer" as const, registryId: null, pattern: null },
      { role: "engineer" as const, registryId: stage.beta.id, pattern: null },
      { role: "engineer" as const, registryId: stage.alpha.id, pattern: "other/**" },
    ]) {
      const jar = (await createSignedIn(stage.database, stage.console, stage.origin, [binding])).jar;
      const theirs = await list({ cookie: jar.format() });
      if (theirs.status === 200) expect(readJson(theirs).items).toEqual([]);
      else expect(theirs.status).toBe(403);
    }
    const jar = (
      await createSignedIn(stage.database, stage.console, stage.origin, [
        { role: "engineer", registryId: stage.alpha.id, pattern: "secret/**" },
      ])
    ).jar;
    expect(readJson(await list({ cookie: jar.format() })).items).toHaveLength(1);
  });
});
