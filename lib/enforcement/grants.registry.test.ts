import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getEnforcement } from "#lib/enforcement/service";
import { revokeGrant } from "#lib/grants/service";
import { changePrincipal } from "#lib/principals/service";
import { revokeSecret } from "#lib/principals/service-secrets";
import { askRegistry, askToken } from "#lib/testing/ask-token";
import { attachTestDatabase } from "#lib/testing/attach-test-database";
import { testContext } from "#lib/testing/connect-test-registry";
import { type Containerd, findContainerd, startContainerd } from "#lib/testing/containerd";
import {
  createRobot,
  type EnforcedRegistry,
  giveGrant,
  startEnforcedRegistry,
  type TestRobot,
} from "#lib/testing/enforced-registry";
import { registryKinds } from "#lib/testing/registry-kinds";
import { isSkopeoHere, noSkopeo, Skopeo } from "#lib/testing/skopeo";
import { openTokenConsole, type TokenConsole } from "#lib/testing/token-console";
import { type WrittenImage, writeOciLayout } from "#lib/testing/write-oci-layout";

const { db } = attachTestDatabase();
const skopeo = new Skopeo();
let doors: TokenConsole;
let folder: string;
let image: WrittenImage;

beforeAll(async () => {
  doors = await openTokenConsole();
  folder = await mkdtemp(join(tmpdir(), "wharfinger-grants-"));
  image = await writeOciLayout(folder, "grants");
});
afterAll(async () => {
  skopeo.close();
  await doors.close();
  await rm(folder, { recursive: true, force: true });
});

async function readSetupNotes(slug: string): Promise<string[]> {
  const { setup } = await getEnforcement(testContext, slug);
  return setup.find((one) => one.registryKind === "zot")?.notes ?? [];
}

describe.each(registryKinds)("grants at $title", (kind) => {
  describe.skipIf(kind.program === null)("with real clients", () => {
    let registry: EnforcedRegistry;
    let admin: TestRobot;
    const at = (repository: string, tag = "v1") => `${registry.host}/${repository}:${tag}`;
    const grant = (pattern: string, ...actions: ("pull" | "push" | "delete")[]) => ({
      registry: kind.slug,
      pattern,
      actions,
    });
    const token = (login: TestRobot | null, ...scopes: string[]) =>
      askToken(doors.url, { service: kind.slug, scopes, login });

    beforeAll(async () => {
      registry = await startEnforcedRegistry({
        slug: kind.slug,
        mode: kind.mode,
        program: kind.program ?? undefined,
      });
      admin = await createRobot("stocker", [grant("**", "push", "delete")]);
    });
    afterAll(() => registry.stop());

    describe.skipIf(!isSkopeoHere)(isSkopeoHere ? "skopeo" : noSkopeo, () => {
      it("pushes and pulls where the grants say so, and nowhere else", async () => {
        const ci = await createRobot("ci", [grant("payments/**", "push")]);
        expect(await skopeo.push(image.place, at("payments/api"), ci)).toMatchObject({ ok: true });
        expect(await skopeo.pull(at("payments/api"), ci)).toMatchObject({ ok: true });
        for (const foreign of ["search/api", "payments", "payments-evil/api", "a/payments/api"]) {
          const refused = await skopeo.push(image.place, at(foreign), ci);
          expect(refused).toMatchObject({ ok: false });
          expect(refused.stderr).toMatch(/denied|unauthorized|authentication required/);
          expect((await skopeo.push(image.place, at(foreign), admin)).ok).toBe(true);
          expect((await skopeo.pull(at(foreign), ci)).ok).toBe(false);
        }
      });

      it("pulls with a pull grant and does not push with it", async () => {
        await skopeo.push(image.place, at("web/shop"), admin);
        const runtime = await createRobot("runtime", [grant("web/*", "pull")]);
        expect(await skopeo.pull(at("web/shop"), runtime)).toMatchObject({ ok: true });
        expect((await skopeo.push(image.place, at("web/shop", "v2"), runtime)).ok).toBe(false);
        const listed = await skopeo.run(
          ...["list-tags", "--tls-verify=false", `--creds=${admin.user}:${admin.password}`],
          `docker://${registry.host}/web/shop`,
        );
        expect(JSON.parse(listed.stdout)).toMatchObject({ Tags: ["v1"] });
      });

      it("deletes with a delete grant, not with push alone", async () => {
        const pusher = await createRobot("pusher", [grant("gone/*", "push")]);
        await skopeo.push(image.place, at("gone/soon"), pusher);
        expect((await skopeo.delete(at("gone/soon"), pusher)).ok).toBe(false);
        expect((await skopeo.pull(at("gone/soon"), pusher)).ok).toBe(true);
        await giveGrant(pusher.reference, grant("gone/*", "delete"));
        expect(await skopeo.delete(at("gone/soon"), pusher)).toMatchObject({ ok: true });
        expect((await skopeo.pull(at("gone/soon"), pusher)).ok).toBe(false);
      });

      it("is refused with a secret that expired or was revoked, a wrong one, or one of another name", async () => {
        await skopeo.push(image.place, at("team/app"), admin);
        const robot = await createRobot("late", [grant("team/*", "pull")], new Date(Date.now() + 3_600_000));
        expect(await skopeo.pull(at("team/app"), robot)).toMatchObject({ ok: true });
        await db().accessSecret.update({
          where: { id: robot.secretId },
          data: { expiresAt: new Date(Date.now() - 1_000) },
        });
        expect((await skopeo.pull(at("team/app"), robot)).ok).toBe(false);

        const other = await createRobot("leaver", [grant("team/*", "pull")]);
        expect((await skopeo.pull(at("team/app"), other)).ok).toBe(true);
        await revokeSecret(testContext, other.id, other.secretId);
        expect((await skopeo.pull(at("team/app"), other)).ok).toBe(false);

        const third = await createRobot("third", [grant("team/*", "pull")]);
        expect((await skopeo.pull(at("team/app"), { ...third, user: admin.user })).ok).toBe(false);
        expect((await skopeo.pull(at("team/app"), { ...third, password: `${third.password}x` })).ok).toBe(
          false,
        );
        expect((await skopeo.login(registry.host, third)).ok).toBe(true);
        await changePrincipal(testContext, third.id, { disabled: true });
        expect((await skopeo.pull(at("team/app"), third)).ok).toBe(false);
        expect((await skopeo.login(registry.host, third)).ok).toBe(false);
      });

      it("is refused once the grant has expired or was revoked", async () => {
        await skopeo.push(image.place, at("season/app"), admin);
        const robot = await createRobot("season");
        const id = await giveGrant(robot.reference, {
          ...grant("season/*", "pull"),
          expiresAt: new Date(Date.now() + 3_600_000),
        });
        expect((await skopeo.pull(at("season/app"), robot)).ok).toBe(true);
        await db().grant.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1_000) } });
        expect((await skopeo.pull(at("season/app"), robot)).ok).toBe(false);

        const next = await giveGrant(robot.reference, grant("season/app", "pull"));
        expect((await skopeo.pull(at("season/app"), robot)).ok).toBe(true);
        await revokeGrant(testContext, next);
        expect((await skopeo.pull(at("season/app"), robot)).ok).toBe(false);
      });

      it("pulls without a login what everyone may, and nothing else", async () => {
        await giveGrant("everyone", grant("public/**", "pull"));
        await skopeo.push(image.place, at("public/base"), admin);
        await skopeo.push(image.place, at("private/base"), admin);
        expect(await skopeo.pull(at("public/base"), null)).toMatchObject({ ok: true });
        expect((await skopeo.pull(at("private/base"), null)).ok).toBe(false);
        expect((await skopeo.push(image.place, at("public/base", "mine"), null)).ok).toBe(false);
        const stranger = await createRobot("stranger");
        expect((await skopeo.pull(at("public/base"), stranger)).ok).toBe(true);
        expect((await skopeo.pull(at("private/base"), stranger)).ok).toBe(false);
      });

      it("pushes to a protected repository only when it is named there", async () => {
        await db().registry.update({
          where: { slug: kind.slug },
          data: { protectedPatterns: ["prod/**"] },
        });
        const named = await createRobot("release", [grant("prod/**", "push", "delete")]);
        await db().protectionPusher.create({
          data: { registryId: registry.id, pattern: "prod/**", principalId: named.id, createdBy: "test" },
        });
        expect((await skopeo.push(image.place, at("prod/api"), admin)).ok).toBe(false);
        expect(await skopeo.push(image.place, at("prod/api"), named)).toMatchObject({ ok: true });
        expect((await skopeo.pull(at("prod/api"), admin)).ok).toBe(true);
        expect((await skopeo.delete(at("prod/api"), admin)).ok).toBe(false);
        expect((await skopeo.pull(at("prod/api"), named)).ok).toBe(true);
      });
    });

    const found = findContainerd();
    const hasCtr = "folder" in found;
    it.skipIf(!hasCtr)(
      hasCtr ? "containerd pulls with its grant" : `${found.missing}: ctr pulls`,
      async () => {
        if (!hasCtr) return;
        const containerd: Containerd = await startContainerd(found.folder);
        try {
          await skopeo.push(image.place, at("nodes/app"), admin);
          const node = await createRobot("node", [grant("nodes/*", "pull")]);
          const pull = (login: TestRobot, repository: string) =>
            containerd.ctr([
              ...["content", "fetch", "--plain-http", "--user", `${login.user}:${login.password}`],
              at(repository),
            ]);
          await skopeo.push(image.place, at("other/app"), admin);
          await expect(pull(node, "other/app")).rejects.toThrow(/denied|unauthorized|authorization failed/i);
          await pull(node, "nodes/app");
          expect(await containerd.ctr(["content", "ls", "-q"])).toContain(image.digest);
          await expect(pull({ ...node, password: "wfs_wrong" }, "nodes/app")).rejects.toThrow(
            /401|unauthorized|denied/i,
          );
        } finally {
          await containerd.stop();
        }
      },
    );

    it("T6: mounts a layer only from a repository that it may pull from", async () => {
      const pushed = await skopeo.push(image.place, at("vault/secret"), admin);
      expect(pushed.ok).toBe(true);
      const thief = await createRobot("thief", [grant("mine/*", "push")]);
      const path = `/v2/mine/copy/blobs/uploads/?mount=${image.layerDigest}&from=vault/secret`;
      const { token: sent, access } = await token(
        thief,
        "repository:mine/copy:pull,push",
        "repository:vault/secret:pull",
      );
      expect(access).toEqual([{ type: "repository", name: "mine/copy", actions: ["pull", "push"] }]);
      const answer = await askRegistry(registry.url, "POST", path, sent);
      if (kind.mode === "key") {
        // zot asks nobody before it mounts, and its setup says so; the token at least names no more than was granted.
        expect((await readSetupNotes(kind.slug)).join(" ")).toMatch(/mounts a layer/);
        return;
      }
      expect(answer.status).not.toBe(201);
      const head = await askRegistry(registry.url, "HEAD", `/v2/mine/copy/blobs/${image.layerDigest}`, sent);
      expect(head.status).toBe(404);

      await giveGrant(thief.reference, grant("vault/secret", "pull"));
      const both = await token(thief, "repository:mine/copy:pull,push", "repository:vault/secret:pull");
      expect((await askRegistry(registry.url, "POST", path, both.token)).status).toBe(201);
    });

    it("T3: lists the catalogue only with the grant of it", async () => {
      await skopeo.push(image.place, at("listed/app"), admin);
      const scope = kind.mode === "key" ? "repository::pull" : "registry:catalog:*";
      const without = await token(admin, scope);
      expect(without.access).toEqual([]);
      const lists = async (sent: string) => {
        const response = await fetch(`${registry.url}/v2/_catalog?n=1000`, {
          headers: { authorization: `Bearer ${sent}` },
        });
        if (response.status !== 200) return null;
        return ((await response.json()) as { repositories: string[] | null }).repositories;
      };
      expect((await lists(without.token)) ?? []).not.toContain("listed/app");
      const reader = await createRobot("lister");
      await giveGrant(reader.reference, { registry: kind.slug, pattern: null, actions: ["catalog"] });
      expect(await lists((await token(reader, scope)).token)).toContain("listed/app");
      expect((await skopeo.pull(at("listed/app"), reader)).ok).toBe(false);
    });

    it("T1: asked for more than is granted, a token holds exactly what is granted", async () => {
      const robot = await createRobot("asker", [grant("asked/*", "pull")]);
      for (const actions of ["pull,push,delete", "delete,push,pull", "push,pull", "*,pull", "PULL,pull"])
        expect((await token(robot, `repository:asked/app:${actions}`)).access).toEqual([
          { type: "repository", name: "asked/app", actions: ["pull"] },
        ]);
      const { token: sent, access } = await token(robot, "repository:asked/app:*");
      expect(access).toEqual([{ type: "repository", name: "asked/app", actions: ["pull"] }]);
      expect((await askRegistry(registry.url, "POST", "/v2/asked/app/blobs/uploads/", sent)).status).toBe(
        401,
      );
    });

    it("T8: takes no token of another registry, none of the console's sessions, none without a signature", async () => {
      const other = await startEnforcedRegistry({
        slug: `${kind.slug}-other`,
        mode: kind.mode,
        program: kind.program ?? undefined,
      });
      try {
        const robot = await createRobot("both", [grant("both/*", "push")]);
        await giveGrant(robot.reference, { ...grant("both/*", "push"), registry: other.slug });
        const own = await token(robot, "repository:both/app:pull,push");
        const foreign = await askToken(doors.url, {
          service: other.slug,
          scopes: ["repository:both/app:pull,push"],
          login: robot,
        });
        const begin = (url: string, sent: string) =>
          askRegistry(url, "POST", "/v2/both/app/blobs/uploads/", sent).then(({ status }) => status);
        expect(await begin(registry.url, own.token)).toBe(202);
        expect(await begin(other.url, foreign.token)).toBe(202);
        expect(await begin(registry.url, foreign.token)).toBe(401);
        expect(await begin(other.url, own.token)).toBe(401);
        const [, payload = "", signature = ""] = own.token.split(".");
        const header = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
        for (const forged of [
          `${header({ alg: "none", typ: "JWT" })}.${payload}.`,
          `${header({ alg: "HS256", typ: "JWT" })}.${payload}.${signature}`,
          `${own.token.slice(0, -4)}AAAA`,
          "nothing",
        ])
          expect(await begin(registry.url, forged)).toBe(401);
      } finally {
        await other.stop();
      }
    });
  });
});
