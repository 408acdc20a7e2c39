import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getAdminKey, listConsoles } from "./console-under-test.ts";
import { bearer, createSignedIn, createUser } from "./identities.ts";
import { insertGrant } from "./matrix-access.ts";
import { formatQuery, readJson, sendRequest, type TestRequest } from "./send-request.ts";
import { openStage, type Stage } from "./stage.ts";
import { readTableChecksums } from "./table-checksum.ts";
import { addTag } from "./tenants.ts";

let stage: Stage;
/** Engineer of beta: may do everything there that the attempts below try in alpha. */
let engineer: Record<string, string>;
/** Admin of beta only. */
let admin: Record<string, string>;

beforeAll(async () => {
  stage = await openStage();
  const { beta } = stage;
  const open = async (role: "engineer" | "admin") => {
    const held = [{ role, registryId: beta.id, pattern: null }];
    const { jar } = await createSignedIn(stage.database, stage.console, stage.origin, held);
    return { cookie: jar.format(), origin: stage.origin };
  };
  engineer = await open("engineer");
  admin = await open("admin");
});
afterAll(() => stage.close());

/** The same call about what is there but not theirs, and about what is nowhere. */
function listTwins(): { name: string; foreign: TestRequest; missing: TestRequest }[] {
  const { alpha } = stage;
  const [repository] = alpha.repositories;
  const place = { registry: alpha.slug, repository: repository.name };
  const nowhere = { registry: "no-such-registry", repository: repository.name };
  const twin = (name: string, method: string, path: string, rest: Record<string, string>) => ({
    name,
    foreign: { method, path: path + formatQuery({ ...place, ...rest }) },
    missing: { method, path: path + formatQuery({ ...nowhere, ...rest }) },
  });
  return [
    twin("tags", "GET", "/api/v1/tags", {}),
    twin("history", "GET", "/api/v1/tag-history", { tag: "v1" }),
    twin("repository", "GET", "/api/v1/repositories/detail", {}),
    twin("storage", "GET", "/api/v1/repositories/storage", {}),
    twin("artifact", "GET", "/api/v1/manifests", { reference: "v1" }),
    twin("artifact by digest", "GET", "/api/v1/manifests", { reference: repository.digests[0] }),
    twin("referrers", "GET", "/api/v1/referrers", { digest: repository.digests[0] }),
    twin("deletion plan", "GET", "/api/v1/tags/deletion-plan", { tag: "v1" }),
    twin("deletion of a tag", "DELETE", "/api/v1/tags", { tag: "v1" }),
    twin("deletion of a manifest", "DELETE", "/api/v1/manifests", { reference: repository.digests[0] }),
    {
      name: "put back",
      foreign: {
        method: "POST",
        path: "/api/v1/tags",
        body: { ...place, tag: "v1", digest: repository.digests[0] },
      },
      missing: {
        method: "POST",
        path: "/api/v1/tags",
        body: { ...nowhere, tag: "v1", digest: repository.digests[0] },
      },
    },
    {
      name: "sync",
      foreign: { method: "POST", path: `/api/v1/registries/${alpha.slug}/sync`, body: {} },
      missing: { method: "POST", path: "/api/v1/registries/no-such-registry/sync", body: {} },
    },
    twin("who can", "GET", "/api/v1/access/effective", {}),
    {
      name: "matrix of access",
      foreign: { path: `/api/v1/access/matrix?registry=${alpha.slug}` },
      missing: { path: "/api/v1/access/matrix?registry=no-such-registry" },
    },
    {
      name: "grants of a registry",
      foreign: { path: `/api/v1/grants?registry=${alpha.slug}` },
      missing: { path: "/api/v1/grants?registry=no-such-registry" },
    },
    {
      name: "protections",
      foreign: { path: `/api/v1/registries/${alpha.slug}/protections` },
      missing: { path: "/api/v1/registries/no-such-registry/protections" },
    },
    {
      name: "suggestions",
      foreign: { path: `/api/v1/grants/suggestions?registry=${alpha.slug}` },
      missing: { path: "/api/v1/grants/suggestions?registry=no-such-registry" },
    },
    {
      name: "document of grants",
      foreign: { path: `/api/v1/grants/document?registry=${alpha.slug}` },
      missing: { path: "/api/v1/grants/document?registry=no-such-registry" },
    },
    ...["/api/v1/grants", "/api/v1/grants/preview"].map((path) => {
      const grant = { principal: "everyone", pattern: repository.name, actions: ["pull"] };
      return {
        name: `POST ${path}`,
        foreign: { method: "POST", path, body: { ...grant, registry: alpha.slug } },
        missing: { method: "POST", path, body: { ...grant, registry: "no-such-registry" } },
      };
    }),
    {
      name: "asking for access",
      foreign: {
        method: "POST",
        path: "/api/v1/access-requests",
        body: { registry: alpha.slug, pattern: repository.name, actions: ["pull"], reason: "x" },
      },
      missing: {
        method: "POST",
        path: "/api/v1/access-requests",
        body: { registry: "no-such-registry", pattern: repository.name, actions: ["pull"], reason: "x" },
      },
    },
    {
      name: "may they",
      foreign: {
        method: "POST",
        path: "/api/v1/access/check",
        body: { principal: "everyone", ...place, action: "pull" },
      },
      missing: {
        method: "POST",
        path: "/api/v1/access/check",
        body: { principal: "everyone", ...nowhere, action: "pull" },
      },
    },
    {
      name: "registry",
      foreign: { path: `/api/v1/registries/${alpha.slug}` },
      missing: { path: "/api/v1/registries/no-such-registry" },
    },
  ];
}

/** What an answer says, without what is different each time, and without the name that was asked for. */
function prepareComparison(text: string): string {
  return text
    .replaceAll(stage.alpha.slug, "<registry>")
    .replaceAll("no-such-registry", "<registry>")
    .replace(/"requestId":"[^"]*"/, "");
}

describe.each(listConsoles())("W2: ids of another tenant, $name", (console) => {
  it("what is not theirs is answered word for word as what does not exist, and nothing changes", async () => {
    const before = await readTableChecksums(stage.database);
    for (const { name, foreign, missing } of listTwins()) {
      const answers = [];
      for (const request of [foreign, missing])
        answers.push(await sendRequest(console, { ...request, headers: engineer }));
      const [theirs, none] = answers;
      expect(theirs?.status, name).toBe(404);
      expect(none?.status, name).toBe(404);
      expect(prepareComparison(theirs?.text ?? ""), name).toBe(prepareComparison(none?.text ?? ""));
    }
    expect(await readTableChecksums(stage.database)).toEqual(before);
  });

  it("it takes no longer to refuse what is there than what is not", { timeout: 120_000 }, async () => {
    const [first] = listTwins();
    if (!first) throw new Error("There is nothing to compare.");
    const told: string[] = [];
    // What the answer itself takes longer shows every time; what the machine does meanwhile does not.
    for (let series = 0; series < 3; series++) {
      const times: Record<"foreign" | "missing", number[]> = { foreign: [], missing: [] };
      for (let round = 0; round < 60; round++) {
        times.foreign.push((await sendRequest(console, { ...first.foreign, headers: engineer })).ms);
        times.missing.push((await sendRequest(console, { ...first.missing, headers: engineer })).ms);
      }
      const [foreign, missing] = [medianOf(times.foreign), medianOf(times.missing)];
      if (Math.abs(foreign - missing) < Math.max(3, 0.5 * missing)) return;
      told.push(`${foreign} ms and ${missing} ms`);
    }
    expect(told).toEqual([]);
  });

  it("one's own place in one field opens no other in the next", async () => {
    const { alpha, beta } = stage;
    const mixed = [
      `/api/v1/tags${formatQuery({ registry: beta.slug, repository: alpha.repositories[0].name })}`,
      `/api/v1/manifests${formatQuery({ registry: beta.slug, repository: beta.repositories[0].name, reference: alpha.repositories[0].digests[0] })}`,
      `/api/v1/referrers${formatQuery({ registry: beta.slug, repository: alpha.repositories[0].name, digest: alpha.repositories[0].digests[0] })}`,
      `/api/v1/compare${formatQuery({ from: `${beta.slug}/${beta.repositories[0].name}:v1`, to: `${alpha.slug}/${alpha.repositories[0].name}:v1` })}`,
      `/api/v1/compare${formatQuery({ from: `${new URL(alpha.registry.url).host}/${alpha.repositories[0].name}:v1`, to: `${beta.slug}/${beta.repositories[0].name}:v1` })}`,
    ];
    for (const path of mixed) {
      const answer = await sendRequest(console, { path, headers: engineer });
      expect([400, 404], path).toContain(answer.status);
      for (const word of [alpha.repositories[0].configDigest, alpha.repositories[0].layerDigest])
        expect(answer.text).not.toContain(word);
    }
  });

  it("a digest of another tenant cannot be put under a tag of one's own", async () => {
    const { alpha, beta } = stage;
    const [own] = beta.repositories;
    await addTag(stage.database, beta, own, `mine-${console.entry}`, own.digests[1]);
    const body = {
      registry: beta.slug,
      repository: own.name,
      tag: `mine-${console.entry}`,
      digest: alpha.repositories[0].digests[0],
    };
    const answer = await sendRequest(console, {
      method: "POST",
      path: "/api/v1/tags",
      headers: engineer,
      body,
    });
    expect([404, 409, 422], answer.text).toContain(answer.status);
  });

  it("counts, search and charts hold nothing of it", async () => {
    const { alpha, beta } = stage;
    const summary = readJson(
      await sendRequest(console, { path: "/api/v1/repositories/summary", headers: engineer }),
    );
    expect(summary.repositoryCount).toBe(2);
    for (const q of [
      "mark",
      alpha.slug,
      alpha.mark,
      alpha.repositories[0].digests[0],
      alpha.repositories[0].digests[0].slice(7, 20),
    ]) {
      const answer = await sendRequest(console, {
        path: `/api/v1/search${formatQuery({ q })}`,
        headers: engineer,
      });
      expect(answer.status).toBe(200);
      const { items } = readJson(answer) as { items: { registry: string }[] };
      expect(
        items.filter((item) => item.registry !== beta.slug),
        q,
      ).toEqual([]);
    }
    for (const path of [
      "/api/v1/home",
      "/api/v1/repositories/export",
      "/api/v1/registries",
      "/api/v1/teams",
      "/api/v1/principals",
      "/api/v1/grants?state=all",
      "/api/v1/grants/document",
      "/api/v1/grants/suggestions",
      "/api/v1/access/mine",
      "/api/v1/access-requests?state=all",
    ]) {
      const answer = await sendRequest(console, { path, headers: engineer });
      expect(answer.status, path).toBe(200);
      expect(answer.text, path).not.toContain(alpha.mark);
      expect(answer.text, path).not.toContain(alpha.slug);
    }
  });

  it("a grant, a robot and its secrets in alpha cannot be seen, changed, restored or used by id", async () => {
    const { alpha, beta } = stage;
    const grant = await insertGrant(stage);
    const found = await stage.database.query<{ principal_id: string }>(
      "SELECT principal_id FROM access_grant WHERE id = $1",
      [grant],
    );
    const robot = found.rows[0]?.principal_id;
    const before = await readTableChecksums(stage.database);
    const attempts: TestRequest[] = [
      { path: `/api/v1/grants/${grant}` },
      { method: "PATCH", path: `/api/v1/grants/${grant}`, body: { reason: "mine" } },
      { method: "DELETE", path: `/api/v1/grants/${grant}` },
      { method: "POST", path: `/api/v1/grants/${grant}/restore` },
      { method: "POST", path: `/api/v1/grants/suggestions/unused:${grant}/apply` },
      { path: `/api/v1/principals/${robot}` },
      { method: "PATCH", path: `/api/v1/principals/${robot}`, body: { disabled: true } },
      { method: "DELETE", path: `/api/v1/principals/${robot}` },
      { path: `/api/v1/principals/${robot}/secrets` },
      { method: "POST", path: `/api/v1/principals/${robot}/secrets`, body: { name: "mine" } },
      {
        method: "POST",
        path: `/api/v1/principals/${robot}/trust-rules`,
        body: { issuer: "https://evil.example", audience: "x", subjectPattern: "x" },
      },
      { path: `/api/v1/access/effective${formatQuery({ registry: beta.slug, principal: String(robot) })}` },
    ];
    for (const headers of [engineer, admin])
      for (const request of attempts) {
        const answer = await sendRequest(console, { ...request, headers });
        expect(answer.status, `${request.method} ${request.path}: ${answer.text.slice(0, 200)}`).toBe(404);
        expect(answer.text).not.toContain(alpha.mark);
      }
    expect(await readTableChecksums(stage.database)).toEqual(before);
  });

  it("a document of grants reaches no further than who sends it", async () => {
    const { alpha, beta } = stage;
    const line = (registry: string) =>
      `version: 1\ngrants:\n  - {principal: everyone, registry: ${registry}, pattern: team-a/x, actions: [pull]}\n`;
    const before = await readTableChecksums(stage.database);
    const answers = [];
    for (const registry of [alpha.slug, "no-such-registry"]) {
      const body = { document: line(registry) };
      const request = { method: "POST", path: "/api/v1/grants/document", body, headers: engineer };
      answers.push(await sendRequest(console, request));
    }
    expect(answers.map((answer) => answer.status)).toEqual([422, 422]);
    expect(prepareComparison(answers[0]?.text ?? "")).toBe(prepareComparison(answers[1]?.text ?? ""));
    expect(await readTableChecksums(stage.database)).toEqual(before);
    const exported = await sendRequest(console, { path: "/api/v1/grants/document", headers: engineer });
    expect(exported.text).toContain(beta.slug);
    expect(exported.text).not.toContain(alpha.slug);
  });

  it("a cursor made by somebody who sees all leads into nothing more", async () => {
    const page = readJson(
      await sendRequest(console, { path: "/api/v1/repositories?limit=1", headers: bearer(getAdminKey()) }),
    );
    const answer = await sendRequest(console, {
      path: `/api/v1/repositories${formatQuery({ limit: 500, cursor: String(page.nextCursor) })}`,
      headers: engineer,
    });
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain(stage.alpha.mark);
  });

  it("an admin of one registry cannot reach beyond it", async () => {
    const { alpha, beta } = stage;
    const user = await createUser(stage.database);
    const before = await readTableChecksums(stage.database);
    const attempts: TestRequest[] = [
      { method: "POST", path: "/api/v1/role-bindings", body: { user: user.login, role: "admin" } },
      {
        method: "POST",
        path: "/api/v1/role-bindings",
        body: { user: user.login, role: "admin", registry: beta.slug },
      },
      {
        method: "POST",
        path: "/api/v1/users",
        body: { login: `x-${user.login}`, name: "x", roles: [{ role: "admin" }] },
      },
      { method: "PATCH", path: `/api/v1/users/${user.id}`, body: { disabled: true } },
      { method: "POST", path: `/api/v1/users/${user.id}/reset-password` },
      { method: "POST", path: "/api/v1/api-keys", body: { name: "x", role: "admin", registry: beta.slug } },
      { method: "POST", path: "/api/v1/allowed-networks", body: { cidr: "10.0.0.0/8", reason: "x" } },
      { method: "POST", path: "/api/v1/registries", body: { slug: "x", url: "http://localhost:1" } },
      { method: "PATCH", path: `/api/v1/registries/${alpha.slug}`, body: { name: "mine" } },
      { method: "DELETE", path: `/api/v1/registries/${alpha.slug}` },
      {
        method: "POST",
        path: "/api/v1/registry-tests",
        body: { slug: alpha.slug, url: "http://localhost:1" },
      },
      { method: "POST", path: "/api/v1/registry-tests", body: { url: alpha.registry.url } },
      { method: "POST", path: `/api/v1/registries/${alpha.slug}/ingest-secret`, body: {} },
    ];
    for (const request of attempts) {
      const answer = await sendRequest(console, { ...request, headers: admin });
      expect([403, 404], `${request.method} ${request.path}: ${answer.text.slice(0, 200)}`).toContain(
        answer.status,
      );
    }
    expect(await readTableChecksums(stage.database)).toEqual(before);
    const audit = await sendRequest(console, { path: "/api/v1/audit-events?limit=500", headers: admin });
    const { items } = readJson(audit) as { items: { registry: string | null }[] };
    expect(items.filter(({ registry }) => registry !== beta.slug)).toEqual([]);
  });

  it("sessions and keys of others cannot be seen or ended", async () => {
    const other = await createSignedIn(stage.database, stage.console, stage.origin, []);
    const sessions = await stage.database.query<{ id: string }>("SELECT id FROM session WHERE user_id = $1", [
      other.user.id,
    ]);
    const answer = await sendRequest(console, {
      method: "DELETE",
      path: `/api/v1/sessions/${sessions.rows[0]?.id}`,
      headers: admin,
    });
    expect(answer.status).toBe(404);
    const list = readJson(
      await sendRequest(console, {
        path: `/api/v1/sessions${formatQuery({ user: other.user.login })}`,
        headers: admin,
      }),
    );
    expect(list.items).toEqual([]);
  });
});

function medianOf(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
