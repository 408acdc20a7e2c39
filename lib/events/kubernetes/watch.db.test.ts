import { describe, expect, it } from "vitest";
import { createDb, db } from "#lib/db/client";
import { attachWatchedCluster } from "#lib/testing/attach-watched-cluster";

const told = attachWatchedCluster();
const shared = globalThis as typeof globalThis & { wharfingerDb?: ReturnType<typeof createDb> };
const poll = { timeout: 20_000, interval: 15 };

async function position(): Promise<unknown> {
  const { id } = await told.findShown();
  return (await db().setting.findUnique({ where: { key: `kubernetes.position.${id}` } }))?.value;
}

describe("E7: a watched cluster", () => {
  it("is listed in pages and watched from there; what grows counts once", async () => {
    const before = await told.hourSum();
    for (const uid of ["a", "b", "c"]) told.fake.put(uid, { count: 2 });
    told.fake.put("scheduled", { reason: "Scheduled", message: "Successfully assigned prod/api to node-7" });
    told.fake.put("d", {
      count: 1,
      message: '(combined from similar events): Back-off pulling image "x.example/a:1"',
    });
    told.watch();
    await expect.poll(() => told.fake.watching, poll).toBe(1);
    expect(await told.counts()).toEqual({ a: 2, b: 2, c: 2, d: 1 });
    expect(told.fake.asked("list")).toHaveLength(3);
    const [first] = told.fake.asked("watch");
    expect(first?.get("allowWatchBookmarks")).toBe("true");
    expect(first?.get("resourceVersion")).toBe("105");

    told.fake.put("e", { count: 1 });
    told.fake.put("a", { count: 7 });
    told.fake.put("a", { count: 7 });
    told.fake.put("d", { count: 40 });
    told.fake.put("last");
    await expect.poll(() => told.counts(), poll).toEqual({ a: 7, b: 2, c: 2, d: 40, e: 1, last: 10 });
    expect((await told.hourSum()) - before).toBe(62);
    const shown = await told.findShown();
    expect(shown).toMatchObject({
      state: "heard",
      secretSet: false,
      url: null,
      unreadable: 0,
      conflicting: 0,
    });
    expect(shown.name).toBe(`Watched cluster ${told.cluster}`);
    expect(await db().registryEvent.count({ where: { cluster: told.cluster, repository: "team/api" } })).toBe(
      5,
    );
  });

  it.each(["line", "status"] as const)(
    "whose past is forgotten (%s) is listed again, and counts once",
    async (how) => {
      const before = await told.hourSum();
      told.fake.goneBy = how;
      told.fake.put("a", { count: 3 });
      told.watch();
      await expect.poll(() => told.fake.watching, poll).toBe(1);
      await told.fake.stop();
      told.fake.put("a", { count: 5 });
      told.fake.put("b", { count: 1 });
      told.fake.compact();
      await told.fake.listen();
      await expect.poll(() => told.counts(), poll).toEqual({ a: 5, b: 1 });
      await expect.poll(() => told.fake.watching, poll).toBe(1);
      told.fake.put("c", { count: 1 });
      await expect.poll(() => told.counts(), poll).toEqual({ a: 5, b: 1, c: 1 });
      expect((await told.hourSum()) - before).toBe(7);
    },
  );

  it("whose list is forgotten between two pages is listed from its beginning", async () => {
    for (const uid of ["a", "b", "c", "d", "e"]) told.fake.put(uid, { count: 1 });
    told.fake.forgottenPages = 2;
    told.watch();
    await expect.poll(() => told.fake.watching, poll).toBe(1);
    expect(await told.counts()).toEqual({ a: 1, b: 1, c: 1, d: 1, e: 1 });
    expect(told.fake.asked("list").filter((query) => !query.has("continue"))).toHaveLength(3);
  });

  it("that closes, breaks off or sends half a line goes on from where it was, without a list", async () => {
    told.fake.put("a", { count: 1 });
    told.watch();
    await expect.poll(() => told.fake.watching, poll).toBe(1);
    const lists = told.fake.asked("list").length;
    for (const [n, how] of (["close", "reset", "close", "reset"] as const).entries()) {
      told.fake.put(`b${n}`, { count: 1 });
      told.fake.say(
        '{"type":"ADDED","object":{"kind":"Event","metadata":{"uid":"half","resourceVersion":"999"},"mess',
      );
      told.fake.endWatches(how);
      told.fake.put(`c${n}`, { count: 1 });
      await expect.poll(() => told.fake.watching, poll).toBe(1);
    }
    await expect
      .poll(() => told.counts(), poll)
      .toEqual(
        Object.fromEntries(["a", ...[0, 1, 2, 3].flatMap((n) => [`b${n}`, `c${n}`])].map((uid) => [uid, 1])),
      );
    expect(told.fake.asked("list")).toHaveLength(lists);
    expect((await told.findShown()).unreadable).toBe(0);
  });

  it("that says what nobody can read is counted so and listed again: nothing behind it is lost", async () => {
    told.watch();
    await expect.poll(() => told.fake.watching, poll).toBe(1);
    told.fake.say("<html>502</html>\n");
    told.fake.put("behind", { count: 4 });
    await expect.poll(() => told.counts(), poll).toEqual({ behind: 4 });
    const shown = await told.findShown();
    expect([shown.unreadable, shown.lastProblem?.text]).toEqual([
      1,
      "A delivery, or a part of one, could not be read.",
    ]);
  });

  it("that falls silent is asked again", async () => {
    told.fake.put("a", { count: 1 });
    told.watch({ silentMs: 200 });
    await expect.poll(() => told.fake.watching, poll).toBe(1);
    told.fake.hangs = true;
    const { length } = told.fake.requests;
    await expect.poll(() => told.fake.requests.length, poll).toBeGreaterThan(length + 1);
    await expect
      .poll(async () => (await told.findShown()).lastProblem?.text, poll)
      .toBe("The cluster does not answer.");
    told.fake.put("b", { count: 1 });
    told.fake.hangs = false;
    await expect.poll(() => told.counts(), poll).toEqual({ a: 1, b: 1 });
  });

  it("without bookmarks and Events is listed now and then, before its past is forgotten", async () => {
    told.watch({ silentMs: 50, emptyMs: 100 });
    await expect.poll(() => told.fake.asked("list").length, poll).toBeGreaterThan(2);
  });

  it("is heard by its bookmarks, which are also where the next worker goes on", async () => {
    told.fake.put("a", { count: 1 });
    const first = told.watch();
    await expect.poll(() => told.fake.watching, poll).toBe(1);
    const long = new Date(Date.now() - 240_000);
    const { id } = await told.findShown();
    await db().eventSource.update({ where: { id }, data: { lastDeliveryAt: long, canaryAt: long } });
    expect((await told.findShown()).state).toBe("silent");
    const version = told.fake.bookmark();
    await expect.poll(async () => (await told.findShown()).state, poll).toBe("heard");
    await expect.poll(() => position(), poll).toMatchObject({ resourceVersion: version });
    await first.stop();
    await expect.poll(() => told.fake.watching, poll).toBe(0);

    told.fake.put("b", { count: 1 });
    const lists = told.fake.asked("list").length;
    told.watch();
    await expect.poll(() => told.counts(), poll).toEqual({ a: 1, b: 1 });
    expect(told.fake.asked("list")).toHaveLength(lists);
    expect(told.fake.asked("watch").at(-1)?.get("resourceVersion")).toBe(version);
    expect((await told.findShown()).id).toBe(id);
  });

  it("forgets Events, and we do not", async () => {
    const before = await told.hourSum();
    told.fake.put("a", { count: 6 });
    told.watch();
    await expect.poll(() => told.fake.watching, poll).toBe(1);
    told.fake.expire("a");
    told.fake.put("b", { count: 1 });
    told.fake.compact();
    await expect.poll(() => told.counts(), poll).toEqual({ a: 6, b: 1 });
    told.fake.endWatches();
    await expect.poll(() => told.fake.watching, poll).toBe(1);
    expect(await told.counts()).toEqual({ a: 6, b: 1 });
    expect((await told.hourSum()) - before).toBe(7);
  });

  it("that was not watched for longer than it remembers has a gap, which is told", async () => {
    told.fake.put("a", { count: 1 });
    const first = told.watch();
    await expect.poll(() => told.fake.watching, poll).toBe(1);
    await first.stop();
    const { id } = await told.findShown();
    const value = { resourceVersion: "101", at: new Date(Date.now() - 2 * 3_600_000).toISOString() };
    await db().setting.update({ where: { key: `kubernetes.position.${id}` }, data: { value } });
    told.watch();
    await expect
      .poll(async () => (await told.findShown()).lastProblem?.text, poll)
      .toMatch(/^The cluster was not watched from .* so some of that time are missing\.$/);
    expect(told.fake.asked("list")).toHaveLength(2);
  });

  it("whose account may not list says so at its source, and goes on when it may", async () => {
    told.fake.refuseWith = 403;
    told.fake.put("a", { count: 1 });
    told.watch();
    await expect
      .poll(async () => (await told.findShown().catch(() => null))?.lastProblem?.text, poll)
      .toBe("The account may not list and watch events of all namespaces (403).");
    expect((await told.findShown()).state).toBe("never");
    told.fake.refuseWith = null;
    await expect.poll(() => told.counts(), poll).toEqual({ a: 1 });
  });

  it("that is away is found again", async () => {
    told.fake.put("a", { count: 1 });
    told.watch();
    await expect.poll(() => told.fake.watching, poll).toBe(1);
    await told.fake.stop();
    await expect
      .poll(async () => (await told.findShown()).lastProblem?.text, poll)
      .toBe("The cluster cannot be reached (ECONNREFUSED).");
    told.fake.put("a", { count: 2 });
    told.fake.put("b", { count: 1 });
    await told.fake.listen();
    await expect.poll(() => told.counts(), poll).toEqual({ a: 2, b: 1 });
  });
});

describe("Postgres away", () => {
  it("keeps what was read, leaves the rest to the cluster, and loses and doubles nothing", async () => {
    const real = db();
    const before = await told.hourSum();
    told.watch({ maxWaiting: 3 });
    await expect.poll(() => told.fake.watching, poll).toBe(1);
    const away = createDb("postgresql://nobody:x@127.0.0.1:1/none");
    shared.wharfingerDb = away;
    try {
      for (let n = 0; n < 12; n++) told.fake.put(`e${n}`, { count: 1 });
      told.fake.put("e0", { count: 9 });
      await expect.poll(() => told.fake.watching, poll).toBe(0);
      expect(await told.counts(real)).toEqual({});
    } finally {
      shared.wharfingerDb = real;
    }
    await expect.poll(async () => Object.keys(await told.counts()).length, poll).toBe(12);
    await expect.poll(async () => (await told.counts()).e0, poll).toBe(9);
    expect((await told.hourSum()) - before).toBe(20);
    await away.$disconnect();
  });
});
