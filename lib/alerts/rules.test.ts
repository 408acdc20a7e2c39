import { describe, expect, it } from "vitest";
import { formatRule } from "#lib/alerts/format-rule";
import { evaluateFailureRate } from "#lib/alerts/rules-failure-rate";
import { evaluateNewCause } from "#lib/alerts/rules-new-cause";
import { evaluateProtectedFailure } from "#lib/alerts/rules-protected-failure";
import { evaluateSourceSilent, type WatchedSource } from "#lib/alerts/rules-source-silent";
import { evaluateUnusualPush, startOfLook } from "#lib/alerts/rules-unusual-push";
import { type Condition, conditionSchema, createAlertRuleBody } from "#lib/alerts/schema";
import type { OpenCause, OpenIncident } from "#lib/failures/open-incident";

const now = new Date("2026-05-20T12:00:00.000Z");
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const hour = 60;
const day = 24 * hour;

describe("a rule as a sentence", () => {
  it.each<[Condition, string]>([
    [
      { kind: "failure-rate", moreThan: 50, minutes: 10, registry: "prod", pattern: null },
      "Tell ops-hook when more than 50 pulls fail in 10 minutes in prod",
    ],
    [
      { kind: "failure-rate", moreThan: 1, minutes: 1, registry: null, pattern: "team/**" },
      "Tell ops-hook when more than 1 pull fails in one minute of team/** in any registry",
    ],
    [
      { kind: "failure-rate", moreThan: 0, minutes: 60, registry: null, pattern: null },
      "Tell ops-hook when more than 0 pulls fail in 60 minutes",
    ],
    [
      { kind: "new-cause", registry: "prod" },
      "Tell ops-hook when pulls in prod fail for a cause that was not seen there in 30 days",
    ],
    [
      { kind: "protected-failure", registry: null },
      "Tell ops-hook when a pull from a protected repository fails",
    ],
    [
      { kind: "unusual-push", registry: "prod" },
      "Tell ops-hook when somebody pushes to a protected repository in prod who did not push there in 90 days",
    ],
    [
      { kind: "source-silent", registry: "prod" },
      "Tell ops-hook when a source of events in prod goes silent",
    ],
  ])("%j", (condition, sentence) => {
    expect(formatRule("ops-hook", condition)).toBe(sentence);
  });
});

describe("failure-rate", () => {
  const condition = { moreThan: 3, minutes: 10, registry: "prod", pattern: null };
  it.each([
    [0, 0],
    [3, 0],
    [4, 1],
    [4000, 1],
  ])("%i failed pulls make %i occurrence", (failed, count) => {
    expect(evaluateFailureRate(condition, failed, now)).toHaveLength(count);
  });

  it("is about one thing, however many fail", () => {
    const [a] = evaluateFailureRate(condition, 4, now);
    const [b] = evaluateFailureRate(condition, 99, ago(-5));
    expect(a?.subject).toBe(b?.subject);
    expect(b?.text).toBe("99 pulls failed in the last 10 minutes in prod");
  });
});

describe("new-cause", () => {
  const cause = (more: Partial<OpenCause>): OpenCause => ({
    registry: "prod",
    cause: "no-grant",
    incidents: 1,
    firstHour: ago(hour),
    firstAt: ago(30),
    lastAt: ago(1),
    ...more,
  });
  it.each<[string, Partial<OpenCause>, boolean]>([
    ["of the last hour", {}, true],
    ["told of a little late", { firstHour: ago(20 * hour), firstAt: ago(20 * hour) }, true],
    ["had a week ago too", { firstHour: ago(7 * day) }, false],
    ["that stopped before the rule began", { lastAt: ago(3 * hour) }, false],
    ["whose hours are not counted yet", { firstHour: null }, true],
    ["old, with no hour in 30 days", { firstHour: null, firstAt: ago(40 * day) }, false],
  ])("a cause %s", (_, more, starts) => {
    const [occurrence] = evaluateNewCause([cause(more)], ago(2 * hour), now);
    expect(occurrence?.starts).toBe(starts);
  });

  it("tells registries and causes apart", () => {
    const found = evaluateNewCause(
      [cause({}), cause({ registry: "dev" }), cause({ cause: "throttled" })],
      ago(day),
      now,
    );
    expect(new Set(found.map(({ subject }) => subject)).size).toBe(3);
  });
});

describe("protected-failure", () => {
  const incident = (more: Partial<OpenIncident>): OpenIncident => ({
    registry: "prod",
    repository: "prod/api",
    reference: "v1",
    family: "absent",
    subjectKind: "workload",
    subject: "Deployment/api",
    title: "Deployment/api pulls prod/api:v1, which the registry does not have",
    firstAt: ago(day),
    lastAt: ago(1),
    ...more,
  });

  it("begins for what still fails after the rule was made, and only keeps what stopped before", () => {
    const found = evaluateProtectedFailure(
      [incident({}), incident({ reference: "v2", lastAt: ago(3 * hour) })],
      ago(hour),
    );
    expect(found.map(({ starts }) => starts)).toEqual([true, false]);
  });

  it("is the same thing when a failure comes back, and begins whichever of the two is going on", () => {
    const found = evaluateProtectedFailure(
      [incident({ lastAt: ago(3 * hour) }), incident({ firstAt: ago(5) })],
      ago(hour),
    );
    expect(found).toHaveLength(1);
    expect(found[0]?.starts).toBe(true);
  });
});

describe("unusual-push", () => {
  const today = new Date("2026-05-20T00:00:00.000Z");
  const daysBefore = (count: number) => new Date(today.getTime() - count * 86_400_000);
  const push = { registry: "prod", repository: "prod/api", actor: "mallory", day: today };
  it.each<[string, Date | null, number]>([
    ["never before", null, 1],
    ["91 days ago", daysBefore(91), 1],
    ["90 days ago", daysBefore(90), 0],
    ["yesterday", daysBefore(1), 0],
  ])("somebody who pushed there %s", (_, before, count) => {
    expect(evaluateUnusualPush([{ ...push, before }], ago(day))).toHaveLength(count);
  });

  it("does not begin for a day before the rule", () => {
    const [late] = evaluateUnusualPush([{ ...push, day: daysBefore(1), before: null }], now);
    const [same] = evaluateUnusualPush([{ ...push, before: null }], now);
    expect([late?.starts, same?.starts]).toEqual([false, true]);
  });

  it("names whom the registry does not name, and looks at yesterday too", () => {
    const [nobody] = evaluateUnusualPush([{ ...push, actor: "", before: null }], ago(day));
    expect(nobody?.text).toMatch(/^Somebody without a name pushed to prod\/api/);
    expect(startOfLook(now)).toEqual(daysBefore(1));
  });
});

describe("source-silent", () => {
  const source = (more: Partial<WatchedSource>): WatchedSource => ({
    id: 1,
    registry: "prod",
    name: "logs",
    kind: "registry-logs",
    secretSet: true,
    lastDeliveryAt: ago(10),
    canaryAt: ago(10),
    endedAt: null,
    ...more,
  });
  it.each<[string, Partial<WatchedSource>, number]>([
    ["silent", {}, 1],
    ["heard", { lastDeliveryAt: ago(1) }, 0],
    ["never heard", { lastDeliveryAt: null }, 0],
    ["perhaps only quiet", { kind: "kubernetes" }, 0],
    ["a watched cluster that does not answer", { kind: "kubernetes", secretSet: false }, 1],
    ["ended", { endedAt: ago(5) }, 0],
  ])("a source that is %s", (_, more, count) => {
    expect(evaluateSourceSilent([source(more)], ago(day), now)).toHaveLength(count);
  });

  it("begins nothing while this process cannot know", () => {
    const starts = (minutes: number) => evaluateSourceSilent([source({})], ago(minutes), now)[0]?.starts;
    expect([starts(1), starts(3), starts(4), starts(99)]).toEqual([false, false, true, true]);
  });
});

describe("what a rule may say", () => {
  const rule = {
    condition: { kind: "new-cause" },
    channel: { kind: "webhook", name: "ops", url: "https://x.example/a" },
  };
  it("fills in what is usual", () => {
    expect(createAlertRuleBody.parse(rule)).toMatchObject({
      condition: { registry: null },
      coolDownMinutes: 60,
      enabled: true,
    });
  });

  it.each([
    "ftp://x.example/",
    "https://user:pw@x.example/",
    "https://x.example/#a",
    "https://x.example/\r\nHost: y",
    "//x.example",
    "javascript:alert(1)",
    "https://",
  ])("%j is no address to send to", (url) => {
    expect(createAlertRuleBody.safeParse({ ...rule, channel: { ...rule.channel, url } }).success).toBe(false);
  });

  it.each(["ops\r\nBcc: x@y.example", "a@b.example, c@d.example", "", "nobody"])(
    "%j is no e-mail address",
    (to) => {
      const channel = { kind: "email", name: "ops", to: [to] };
      expect(createAlertRuleBody.safeParse({ ...rule, channel }).success).toBe(false);
    },
  );

  it("is a closed list", () => {
    expect(conditionSchema.safeParse({ kind: "moon-phase" }).success).toBe(false);
    expect(conditionSchema.safeParse({ kind: "new-cause", minutes: 5 }).success).toBe(false);
  });
});
