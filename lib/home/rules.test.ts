import { describe, expect, it } from "vitest";
import { evaluateNeeds } from "#lib/home/rules";

type Input = Parameters<typeof evaluateNeeds>[0][number];

const now = new Date("2026-11-23T12:00:00.000Z");
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString();

function prepare(registry: Partial<Input["registry"]>, sync: Partial<Input["sync"]> = {}): Input {
  return {
    registry: {
      slug: "prod",
      syncEveryMinutes: 60,
      state: { state: "ok", detail: null, since: hoursAgo(50) },
      lastSyncedAt: hoursAgo(0.5),
      lastSweptAt: null,
      lastEventAt: hoursAgo(0.1),
      disconnectedAt: null,
      createdAt: hoursAgo(100),
      enforcement: { state: "on", since: hoursAgo(90) },
      notifications: { secretSet: true, url: "", unreadable: 0, conflicting: 0 },
      ...registry,
    } as Input["registry"],
    sync: {
      state: "succeeded",
      error: null,
      incomplete: null,
      finishedAt: hoursAgo(0.5),
      ...sync,
    } as Input["sync"],
  };
}

const withoutSecret = { secretSet: false, url: "", unreadable: 0, conflicting: 0 };
const nothing = { expiring: [], waitingRequests: 0, abandoned: { count: 0, newest: null } };
const none = { count: 0, newest: null };
const kinds = (...inputs: Input[]) => evaluateNeeds(inputs, nothing, none, now).map((need) => need.kind);

describe("what needs somebody", () => {
  it("says nothing of a registry that is well, or that is disconnected", () => {
    expect(kinds(prepare({}), prepare({ lastSyncedAt: null, disconnectedAt: hoursAgo(1) }))).toEqual([]);
  });

  it("names a registry that fails before anything milder, and only once", () => {
    const failing = prepare(
      { slug: "edge", state: { state: "failing", detail: "No answer.", since: hoursAgo(2) } },
      { state: "failed" },
    );
    expect(kinds(prepare({ lastEventAt: null }), failing)).toEqual(["registry-failing", "no-notifications"]);
  });

  it("names a registry where the emergency switch lets everybody do everything, and to nobody who may not know", () => {
    const suspended = { state: "suspended" as const, since: hoursAgo(3) };
    expect(evaluateNeeds([prepare({ enforcement: suspended })], nothing, none, now)).toMatchObject([
      {
        kind: "enforcement-suspended",
        severity: "danger",
        registry: "prod",
        title: "Grants are suspended in prod",
        since: hoursAgo(3),
      },
    ]);
    expect(
      kinds(prepare({ enforcement: null }), prepare({ enforcement: { state: "off", since: null } })),
    ).toEqual([]);
  });

  it("F6: names data that is older than planned, unless a sync is under way or none is planned", () => {
    const old = { lastSyncedAt: hoursAgo(4) };
    expect(kinds(prepare(old))).toEqual(["stale"]);
    expect(kinds(prepare(old, { state: "running" }), prepare({ ...old, syncEveryMinutes: 0 }))).toEqual([]);
  });

  it("does not call a registry old that a sweep looked at, or whose notifications stand in for syncs", () => {
    const swept = { lastSyncedAt: hoursAgo(400), lastSweptAt: hoursAgo(1), lastEventAt: null };
    expect(kinds(prepare({ ...swept, notifications: withoutSecret }))).toEqual(["no-notifications"]);
    const quiet = { lastSyncedAt: hoursAgo(400), lastSweptAt: hoursAgo(20), lastEventAt: hoursAgo(19) };
    expect(kinds(prepare(quiet))).toEqual([]);
    expect(kinds(prepare({ ...quiet, lastSweptAt: hoursAgo(80), lastEventAt: hoursAgo(79) }))).toEqual([
      "stale",
    ]);
  });

  it("asks for the first sync, and says when an inventory is not whole", () => {
    expect(kinds(prepare({ lastSyncedAt: null, lastEventAt: null }, { state: "never" }))).toEqual([
      "never-synced",
    ]);
    expect(kinds(prepare({}, { incomplete: "2 repositories could not be read." }))).toEqual([
      "sync-incomplete",
    ]);
  });

  it("tells of a secret 14, 7 and 1 days before its end, more urgently each time", () => {
    const principal = { id: "p", kind: "robot" as const, name: "ci" };
    const needs = (days: number) => {
      const expiresAt = new Date(now.getTime() + days * 24 * 3_600_000);
      return evaluateNeeds([], { ...nothing, expiring: [{ name: "main", expiresAt, principal }] }, none, now);
    };
    expect(needs(14.1)).toEqual([]);
    expect(needs(14)[0]).toMatchObject({
      severity: "hint",
      registry: null,
      title: "The registry secret main of ci expires in 14 days",
    });
    expect([7.1, 7, 1.1, 1, 0.1].map((days) => needs(days)[0]?.severity)).toEqual([
      "hint",
      "warn",
      "warn",
      "danger",
      "danger",
    ]);
    expect(needs(0.5)[0]?.title).toBe("The registry secret main of ci expires within a day");
    expect(needs(-1)[0]).toMatchObject({
      severity: "danger",
      title: "The registry secret main of ci has expired",
      since: new Date(now.getTime() - 24 * 3_600_000).toISOString(),
    });
  });

  it("tells of robots that go on working for somebody who cannot sign in any more", () => {
    const newest = {
      id: "p",
      kind: "robot" as const,
      name: "ci",
      owner: "ada",
      since: new Date(hoursAgo(5)),
    };
    const needs = (count: number) =>
      evaluateNeeds([], { ...nothing, abandoned: { count, newest } }, none, now);
    expect(needs(1)).toMatchObject([
      {
        kind: "owner-disabled",
        severity: "warn",
        title: "Nobody answers for ci: the account of ada is disabled",
        principal: { id: "p", kind: "robot", name: "ci" },
        since: hoursAgo(5),
      },
    ]);
    expect(needs(3)).toMatchObject([
      {
        title: "Nobody answers for 3 robots and workloads: the accounts of their owners are disabled",
        principal: null,
        since: hoursAgo(5),
      },
    ]);
  });

  it("tells of requests that wait, after what is urgent", () => {
    expect(evaluateNeeds([], { ...nothing, waitingRequests: 2 }, none, now)).toMatchObject([
      { kind: "access-requests", title: "2 requests for access wait" },
    ]);
  });

  it("names pulls that fail now before everything else, with what failed last", () => {
    const newest = {
      title: "team/api:v1 was deleted while web in shop still pulls it",
      firstAt: hoursAgo(3),
    };
    const failing = prepare({ state: { state: "failing", detail: "No answer.", since: hoursAgo(2) } });
    const needs = (count: number) => evaluateNeeds([failing], nothing, { count, newest }, now);
    expect(needs(1)[0]).toMatchObject({
      kind: "failing-pulls",
      severity: "danger",
      title: "One pull fails now",
      detail: `${newest.title}.`,
      since: newest.firstAt,
    });
    expect(needs(3)[0]).toMatchObject({
      title: "3 pulls fail now",
      detail: `The last one: ${newest.title}.`,
      since: null,
    });
    expect(needs(100)[0]?.title).toBe("100 or more pulls fail now");
    expect(needs(3)[1]?.kind).toBe("registry-failing");
  });
});
