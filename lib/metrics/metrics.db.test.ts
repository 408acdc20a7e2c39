import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSource } from "#lib/events/source-service";
import { countRequest } from "#lib/http/request-counts";
import { metricsDoor } from "#lib/metrics/hot-door";
import { getMetrics } from "#lib/metrics/service";
import { parseExposition } from "#lib/metrics/testing/parse-exposition";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { connectTestRegistry, testContext } from "#lib/testing/connect-test-registry";
import { findTestSource } from "#lib/testing/find-test-source";
import { startHotDoor } from "#lib/testing/start-hot-door";

const { db } = attachTestDatabase();
const token = "scrape-Jt5bWq8zXk2mNc7vRd4y";
const sourceSecret = "source-secret-Jt5bWq8zXk2mNc7vRd4yPz";
const hostileName = 'evil"} 1\\ name';
let door: Awaited<ReturnType<typeof startHotDoor>>;
let prod: number;

beforeAll(async () => {
  prod = await connectTestRegistry("prod", "http://127.0.0.1:1");
  for (const name of [hostileName, hostileName])
    await createSource(testContext, { registry: "prod", kind: "kubernetes", name, cluster: "eu" });
  await createSource(testContext, {
    registry: "prod",
    kind: "registry-logs",
    name: "logs",
    secret: sourceSecret,
  });
  const logs = await findTestSource(prod, "registry-logs");
  await db().eventSource.update({
    where: { id: logs.id },
    data: {
      accepted: 1_204,
      duplicate: 3,
      unreadable: 2,
      lastDeliveryAt: new Date(Date.now() - 600_000),
      canaryAt: new Date(),
    },
  });
  door = await startHotDoor(metricsDoor);
});
afterAll(() => door.close());
beforeEach(() => {
  process.env.WHARFINGER_METRICS = token;
});

const ask = (headers: Record<string, string> = {}) => fetch(door.url, { headers });
const read = async () => {
  const answer = await ask({ authorization: `Bearer ${token}` });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const text = await answer.text();
  return { text, ...parseExposition(text) };
};
type Read = Awaited<ReturnType<typeof read>>;
const find = ({ samples }: Read, name: string, labels: Record<string, string> = {}) =>
  samples.filter(
    (one) => one.name === name && Object.entries(labels).every(([label, text]) => one.labels[label] === text),
  );

async function seedIncidents(count: number) {
  const at = new Date();
  await db().incident.createMany({
    data: Array.from({ length: count }, (_, index) => ({
      registryId: prod,
      repository: `secret-project/${index}`,
      foldKey: `k${index}`,
      cause: index === 0 ? "no-grant" : "not-found",
      family: "absent",
      subjectKind: "client",
      subject: "10.9.8.7 skopeo",
      count: 1,
      firstAt: at,
      lastAt: at,
      recoveredAt: index === 1 ? at : null,
    })),
  });
}

describe("what Prometheus reads", () => {
  it("is well formed, and tells of sources, incidents, jobs, registries and the audit", async () => {
    await seedIncidents(4);
    countRequest("GET", "/api/v1/tags", 200, 12);
    const found = await read();
    expect(find(found, "wharfinger_database_up")[0]?.value).toBe(1);
    const accepted = { source: "logs", registry: "prod", result: "accepted" };
    expect(find(found, "wharfinger_source_events_total", accepted)[0]?.value).toBe(1_204);
    const [age] = find(found, "wharfinger_source_last_delivery_age_seconds", { source: "logs" });
    expect(age?.value).toBeGreaterThanOrEqual(600);
    expect(age?.value).toBeLessThan(660);
    expect(find(found, "wharfinger_source_state", { source: "logs", state: "silent" })[0]?.value).toBe(1);
    expect(find(found, "wharfinger_open_incidents", { cause: "not-found" })[0]?.value).toBe(2);
    expect(find(found, "wharfinger_open_incidents", { cause: "no-grant" })[0]?.value).toBe(1);
    expect(find(found, "wharfinger_jobs").map(({ labels }) => labels.state)).toEqual([
      "waiting",
      "scheduled",
      "running",
      "failed",
    ]);
    expect(find(found, "wharfinger_audit_chain_head_present")[0]?.value).toBe(1);
    expect(find(found, "wharfinger_audit_chain_links")[0]?.value).toBeGreaterThan(0);
    const route = { method: "GET", route: "/api/v1/tags", status: "200" };
    expect(find(found, "wharfinger_http_requests_total", route)[0]?.value).toBeGreaterThanOrEqual(1);
  });

  it("keeps two sources of one hostile name apart", async () => {
    const found = await read();
    const lines = find(found, "wharfinger_source_state", { source: hostileName, state: "never" });
    expect(new Set(lines.map(({ labels }) => labels.id)).size).toBe(2);
    expect(find(found, "wharfinger_up")).toHaveLength(1);
  });

  it("holds no repository, no client and no secret", async () => {
    const { text } = await read();
    for (const word of ["secret-project", "10.9.8.7", token, sourceSecret, "unit-Kf3vQz", "127.0.0.1"])
      expect(text).not.toContain(word);
  });

  it("has as many lines for a hundred incidents of one cause as for one", async () => {
    await db().incident.deleteMany();
    await seedIncidents(100);
    // What was read a moment ago is kept for a second.
    const later = new Date(Date.now() + 5_000);
    const scraper = { address: null, host: null, forwarded: false, authorization: `Bearer ${token}` };
    const { samples } = parseExposition(await getMetrics(later, scraper));
    const lines = samples.filter(({ name }) => name === "wharfinger_open_incidents");
    expect(lines.map(({ labels, value }) => [labels.cause, value])).toEqual([
      ["no-grant", 1],
      ["not-found", 98],
    ]);
  });
});

describe("who may read metrics", () => {
  const here = { "x-wharfinger-address": "127.0.0.1" };

  it("with a token set, who holds it", async () => {
    expect((await ask(here)).status).toBe(401);
    const wrong = await ask({ authorization: `Bearer ${token}x` });
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get("www-authenticate")).toContain("Bearer");
    expect(await wrong.text()).not.toContain(token);
  });

  it("by default this machine only, and nothing that a proxy passes on", async () => {
    delete process.env.WHARFINGER_METRICS;
    expect((await ask(here)).status).toBe(200);
    expect((await ask()).status).toBe(403);
    expect((await ask({ "x-wharfinger-address": "10.0.0.9" })).status).toBe(403);
    expect((await ask({ ...here, "x-forwarded-for": "10.0.0.9" })).status).toBe(403);
    expect((await ask({ ...here, forwarded: "for=10.0.0.9" })).status).toBe(403);
  });

  it("off is nothing at all", async () => {
    process.env.WHARFINGER_METRICS = "off";
    expect((await ask({ ...here, authorization: `Bearer ${token}` })).status).toBe(404);
  });
});
