import { spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { changeAlertRuleBody } from "#lib/alerts/schema";
import { changeAlertRule, listAlertDeliveries, removeAlertRule, testAlertRule } from "#lib/alerts/service";
import { deliverNotice, tendDeliveries } from "#lib/alerts/service-deliver";
import { contextAt, makeRule } from "#lib/alerts/testing/alert-parts";
import { sendQueued } from "#lib/alerts/testing/send-queued";
import { type MailServer, startMailServer } from "#lib/alerts/testing/start-mail-server";
import { type Received, type Receiver, startReceiver } from "#lib/alerts/testing/start-receiver";
import { allowNetwork } from "#lib/registries/networks-service";
import { resealSecrets } from "#lib/secrets/service";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { testContext } from "#lib/testing/connect-test-registry";

const { db } = attachTestDatabase();
const condition = { kind: "new-cause" };
let receiver: Receiver;
let mail: MailServer;

beforeAll(async () => {
  receiver = await startReceiver();
  mail = await startMailServer();
});
afterAll(async () => {
  await receiver.stop();
  await mail.stop();
});
beforeEach(async () => {
  receiver.received.length = 0;
  receiver.answers.length = 0;
  await db().alertRule.deleteMany();
  await db().$executeRaw`DELETE FROM graphile_worker._private_jobs`;
  if ((await db().allowedNetwork.count()) === 0)
    await allowNetwork(testContext, { cidr: "127.0.0.0/8", reason: "test" });
});
afterEach(() => {
  delete process.env.WHARFINGER_SMTP_URL;
  delete process.env.WHARFINGER_MAIL_FROM;
});

const hook = () => ({
  kind: "webhook",
  name: "ops-hook",
  url: `${receiver.url}/canary-path?token=canary-query`,
});
const log = async (rule?: string) => (await listAlertDeliveries(testContext, { limit: 50, rule })).items;
const outcomes = async () =>
  (await log()).flatMap(({ attempts }) => attempts.map(({ outcome, status }) => [outcome, status]));

/** After the specification, not after our own signing. */
function isSigned({ headers, body }: Received, secret: string): boolean {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const content = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  return headers["webhook-signature"] === `v1,${createHmac("sha256", key).update(content).digest("base64")}`;
}

function snippet(language: string): string {
  const text = readFileSync(join(import.meta.dirname, "../../docs/alerts.md"), "utf8");
  const code = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(text)?.[1];
  if (code === undefined) throw new Error(`docs/alerts.md has no ${language}.`);
  return code;
}

const hasPython = spawnSync("python3", ["--version"]).status === 0;

describe("a webhook", () => {
  it("is signed with the secret that was shown once, and says what it is about", async () => {
    const { rule, secret } = await makeRule(condition, hook());
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/=]{44}$/);
    const { delivery } = await testAlertRule(testContext, rule.id);
    expect(receiver.received).toHaveLength(0);
    await sendQueued();
    const [one] = receiver.received;
    expect(one && isSigned(one, secret ?? "")).toBe(true);
    expect(one?.path).toBe("/canary-path?token=canary-query");
    expect(one?.headers["webhook-id"]).toBe(delivery);
    expect(one?.headers["content-type"]).toBe("application/json");
    expect(JSON.parse(one?.body ?? "")).toMatchObject({
      type: "alert.test",
      data: { rule: { id: rule.id, sentence: rule.sentence }, total: 0 },
    });
    expect(await outcomes()).toEqual([["delivered", 204]]);
  });

  it("is verified by the code in the docs, which refuses another body, secret and time", async () => {
    const { rule, secret } = await makeRule(condition, hook());
    await testAlertRule(testContext, rule.id);
    await sendQueued();
    const [one] = receiver.received;
    if (!one || secret === null) throw new Error("nothing came");
    const { verify } = await import(`data:text/javascript,${encodeURIComponent(snippet("js"))}`);
    const later = Date.now() + 301_000;
    expect([
      verify(secret, one.headers, one.body),
      verify(secret, one.headers, `${one.body} `),
      verify(secret.replace(/_..../, "_AAAA"), one.headers, one.body),
      verify(secret, one.headers, one.body, later),
    ]).toEqual([true, false, false, false]);
  });

  it.skipIf(!hasPython)("is verified by the Python in the docs, where there is a python3", async () => {
    const { rule, secret } = await makeRule(condition, hook());
    await testAlertRule(testContext, rule.id);
    await sendQueued();
    const [one] = receiver.received;
    const code = `${snippet("python")}
import json, sys
call = json.load(sys.stdin)
body = call["body"].encode()
print([verify(call["secret"], call["headers"], body), verify(call["secret"], call["headers"], body + b" "),
  verify(call["secret"], call["headers"], body, time.time() + 301)])`;
    const run = spawnSync("python3", ["-c", code], { input: JSON.stringify({ secret, ...one }) });
    expect(run.stdout.toString().trim()).toBe("[True, False, False]");
  });

  it("is tried again with the same id and a new signature until it is taken", async () => {
    const { rule, secret } = await makeRule(condition, hook());
    receiver.answers.push(500, 429);
    await testAlertRule(testContext, rule.id);
    await sendQueued();
    expect((await log(rule.id))[0]).toMatchObject({ state: "waiting", settledAt: null });
    await sendQueued();
    await sendQueued();
    await sendQueued();
    expect(await outcomes()).toEqual([
      ["answered", 500],
      ["answered", 429],
      ["delivered", 204],
    ]);
    expect(receiver.received).toHaveLength(3);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(receiver.received.every((one) => isSigned(one, secret ?? ""))).toBe(true);
  });

  it("is given up after eight tries", async () => {
    const { rule } = await makeRule(condition, hook());
    receiver.answers.push(...Array.from({ length: 20 }, () => 503));
    await testAlertRule(testContext, rule.id);
    for (let round = 0; round < 10; round++) await sendQueued();
    expect((await log(rule.id))[0]).toMatchObject({ state: "given-up" });
    expect(receiver.received).toHaveLength(8);
  });

  it("follows no redirect", async () => {
    const { rule } = await makeRule(condition, hook());
    receiver.answers.push(302, 307);
    await testAlertRule(testContext, rule.id);
    await sendQueued();
    await sendQueued();
    expect(receiver.received.map(({ path }) => path)).not.toContain("/elsewhere");
    expect((await outcomes()).map(([, status]) => status)).toEqual([302, 307]);
  });

  it("keeps its secret through changes, unless a new one is asked for", async () => {
    const { rule, secret } = await makeRule(condition, hook());
    const change = (channel: object) =>
      changeAlertRule(testContext, rule.id, changeAlertRuleBody.parse({ channel }));
    const renamed = await change({ kind: "webhook", name: "other" });
    expect(renamed).toMatchObject({ secret: null, rule: { channel: { name: "other" } } });
    await testAlertRule(testContext, rule.id);
    const anew = await change({ kind: "webhook", name: "other", newSecret: true });
    expect(anew.secret).not.toBe(secret);
    await sendQueued();
    const [one] = receiver.received;
    expect(one && isSigned(one, anew.secret ?? "")).toBe(true);
    await expect(change({ kind: "slack", name: "chat" })).rejects.toMatchObject({ status: 422 });
  });

  it("goes nowhere once its rule is removed", async () => {
    const { rule } = await makeRule(condition, hook());
    await testAlertRule(testContext, rule.id);
    await removeAlertRule(testContext, rule.id);
    await sendQueued();
    expect(receiver.received).toHaveLength(0);
    expect(await log()).toEqual([]);
  });
});

describe("the delivery log", () => {
  const later = (minutes: number) => new Date(Date.now() + minutes * 60_000);

  it("says so when the job of a notice is lost, not while it waits", async () => {
    const { rule } = await makeRule(condition, hook());
    await testAlertRule(contextAt(new Date()), rule.id);
    await tendDeliveries(later(11));
    expect((await log(rule.id))[0]?.state).toBe("waiting");
    await db().$executeRaw`DELETE FROM graphile_worker._private_jobs`;
    await tendDeliveries(later(9));
    expect((await log(rule.id))[0]?.state).toBe("waiting");
    await tendDeliveries(later(11));
    expect((await log(rule.id))[0]?.state).toBe("given-up");
  });

  it("comes in pages, and is kept for 30 days", async () => {
    const { rule } = await makeRule(condition, hook());
    const made: string[] = [];
    const begin = Date.now();
    for (let index = 0; index < 5; index++)
      made.unshift((await testAlertRule(contextAt(new Date(begin + index)), rule.id)).delivery);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listAlertDeliveries(testContext, { limit: 2, rule: rule.id, cursor });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toEqual(made);
    await sendQueued();
    await tendDeliveries(later(29 * 1440));
    expect(await log(rule.id)).toHaveLength(5);
    await tendDeliveries(later(31 * 1440));
    expect(await log(rule.id)).toEqual([]);
  });

  it("is no way to send without end", async () => {
    const { rule } = await makeRule(condition, hook());
    for (let index = 0; index < 10; index++) await testAlertRule(testContext, rule.id);
    await expect(testAlertRule(testContext, rule.id)).rejects.toMatchObject({ status: 429 });
  });
});

describe("Slack", () => {
  it("is sent a text, unsigned", async () => {
    const { rule, secret } = await makeRule(condition, { ...hook(), kind: "slack", name: "#ops <b>" });
    expect(secret).toBeNull();
    await testAlertRule(testContext, rule.id);
    await sendQueued();
    const [one] = receiver.received;
    expect(Object.keys(JSON.parse(one?.body ?? ""))).toEqual(["text"]);
    expect(one?.headers["webhook-signature"]).toBeUndefined();
  });
});

describe("e-mail", () => {
  const channel = { kind: "email", name: "the team", to: ["a@example.com", "b@example.com"] };

  it("needs settings", async () => {
    await expect(makeRule(condition, channel)).rejects.toMatchObject({ status: 422 });
  });

  it("arrives, and no name in it becomes a header", async () => {
    process.env.WHARFINGER_SMTP_URL = `smtp://127.0.0.1:${mail.port}`;
    process.env.WHARFINGER_MAIL_FROM = "wharfinger@example.com";
    const { rule } = await makeRule(condition, channel);
    const { delivery } = await testAlertRule(testContext, rule.id);
    const row = await db().alertDelivery.findUniqueOrThrow({ where: { id: delivery } });
    // Past all our own checks: what a text of somebody else's would have to get through.
    const title = "x\r\nBcc: evil@example.com\r\n\r\nbody";
    await db().alertDelivery.update({
      where: { id: delivery },
      data: { message: { ...(row.message as object), title } },
    });
    await sendQueued();
    const [one] = mail.mails;
    expect(one).toMatchObject({ from: "wharfinger@example.com", to: ["a@example.com", "b@example.com"] });
    const head = one?.source.slice(0, one.source.indexOf("\r\n\r\n")) ?? "";
    expect(head).not.toMatch(/^Bcc:/im);
    expect(head).toMatch(/^Subject: \[Wharfinger\] x/m);
    expect(head).toContain(`Message-ID: <${delivery}@example.com>`);
    expect(head).toMatch(/^Auto-Submitted: auto-generated$/m);
    expect(await outcomes()).toEqual([["delivered", 250]]);
  });

  it("that is refused is tried again, and says with which code", async () => {
    process.env.WHARFINGER_SMTP_URL = `smtp://127.0.0.1:${mail.port}`;
    process.env.WHARFINGER_MAIL_FROM = "wharfinger@example.com";
    const { rule } = await makeRule(condition, { ...channel, to: ["a@example.com"] });
    mail.recipientAnswers.push("451 later, and my secret");
    mail.mails.length = 0;
    await testAlertRule(testContext, rule.id);
    await sendQueued();
    await sendQueued();
    expect(await outcomes()).toEqual([
      ["mail-refused", 451],
      ["delivered", 250],
    ]);
    expect(JSON.stringify(await log())).not.toContain("secret");
  });
});

describe("O6: addresses that may not be asked", () => {
  it.each([
    "http://127.0.0.1:1/",
    "http://169.254.169.254/",
    "http://[::1]:9/",
    "http://[::ffff:127.0.0.1]/",
  ])("%s is not delivered to", async (url) => {
    await db().allowedNetwork.deleteMany();
    const { rule } = await makeRule(condition, { ...hook(), url });
    await testAlertRule(testContext, rule.id);
    await sendQueued();
    expect(await outcomes()).toEqual([["not-delivered", null]]);
  });

  it("do not tell an open port from a closed one, by answer, log or time", async () => {
    await db().allowedNetwork.deleteMany();
    const before = receiver.connections();
    const spare = await startReceiver();
    await spare.stop();
    const urls = { open: `${receiver.url}/`, closed: `http://127.0.0.1:${spare.port}/` };
    const rules = {
      open: (await makeRule(condition, { ...hook(), url: urls.open })).rule.id,
      closed: (await makeRule(condition, { ...hook(), url: urls.closed })).rule.id,
    };
    const times = { open: [] as number[], closed: [] as number[] };
    const sends = { open: [] as number[], closed: [] as number[] };
    for (let round = 0; round < 40; round++)
      for (const kind of round % 2 === 0 ? (["open", "closed"] as const) : (["closed", "open"] as const)) {
        // Further apart than the limit of tests a minute.
        const now = new Date(Date.now() + round * 61_000);
        const begun = performance.now();
        const answer = await testAlertRule({ ...testContext, now }, rules[kind]);
        times[kind].push(performance.now() - begun);
        expect(answer).toEqual({ state: "queued", delivery: answer.delivery });
        const sending = performance.now();
        await deliverNotice(answer.delivery, true);
        sends[kind].push(performance.now() - sending);
      }
    expect(receiver.connections()).toBe(before);
    const told = new Set((await outcomes()).map((one) => JSON.stringify(one)));
    expect([...told]).toEqual(['["not-delivered",null]']);
    // The chance that one of these took longer than one of those: a half where nothing can be told.
    for (const { open, closed } of [times, sends]) {
      const longer = open.reduce((sum, one) => sum + closed.filter((other) => one > other).length, 0);
      const share = longer / (open.length * closed.length);
      expect(share).toBeGreaterThan(0.2);
      expect(share).toBeLessThan(0.8);
    }
  });
});

describe("secrets of channels", () => {
  it("stand nowhere but sealed: not in answers, rows, jobs or the audit", async () => {
    const { rule, secret } = await makeRule(condition, hook());
    await testAlertRule(testContext, rule.id);
    await changeAlertRule(testContext, rule.id, changeAlertRuleBody.parse({ coolDownMinutes: 1 }));
    receiver.answers.push(500);
    await sendQueued();
    const [rules, audit, jobs, deliveries] = await Promise.all([
      db().$queryRaw`SELECT to_jsonb(r)::text AS row FROM alert_rule r`,
      db().$queryRaw`SELECT to_jsonb(a)::text AS row FROM audit_event a`,
      db().$queryRaw`SELECT to_jsonb(j)::text AS row FROM graphile_worker._private_jobs j`,
      db().$queryRaw`SELECT to_jsonb(d)::text AS row FROM alert_delivery d`,
    ]);
    const everything = JSON.stringify([rules, audit, jobs, deliveries, rule, await log()]);
    expect(everything).toContain("alert-rule.test");
    expect(everything).not.toContain("canary");
    expect(everything).not.toContain("what the receiver says");
    expect(everything).not.toContain(secret?.slice(6, 30));
    expect(rule.channel.target).toBe(`${receiver.url}/…`);
  });

  it("are sealed anew with the others when the master key changes", async () => {
    const { rule, secret } = await makeRule(condition, hook());
    const old = process.env.WHARFINGER_MASTER_KEY;
    try {
      process.env.WHARFINGER_MASTER_KEY = "unit-Pq7nBs2kXwE9zVd4MtRy6hJgLc1oFaUi";
      await testAlertRule(testContext, rule.id);
      await sendQueued();
      expect(await outcomes()).toEqual([["secret-not-opened", null]]);
      process.env.WHARFINGER_MASTER_KEY_PREVIOUS = old;
      await resealSecrets();
      delete process.env.WHARFINGER_MASTER_KEY_PREVIOUS;
      await sendQueued();
      const [one] = receiver.received;
      expect(one && isSigned(one, secret ?? "")).toBe(true);
    } finally {
      process.env.WHARFINGER_MASTER_KEY = old;
      delete process.env.WHARFINGER_MASTER_KEY_PREVIOUS;
    }
  });
});
