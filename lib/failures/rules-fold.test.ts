import { describe, expect, it } from "vitest";
import { foldSignals } from "#lib/failures/rules-fold";
import {
  api,
  at,
  backOff,
  containerd,
  fold,
  later,
  now,
  pulled,
  registryLine,
  workloadLine,
} from "#lib/testing/signal-groups";

describe("one failure seen from several sides", () => {
  it("of a person without a grant: a denial, a log line and a line of the access log", () => {
    const incidents = fold([
      registryLine({ side: "denial", reference: null, actor: "ci", cause: "no-grant" }),
      registryLine({ side: "log", cause: "not-signed-in", ...at(0.3) }),
      registryLine({ side: "access-log", cause: "unauthorized", provisional: true, ...at(0.3) }),
    ]);
    expect(incidents).toHaveLength(1);
    expect(incidents[0]).toMatchObject({
      reference: "v1",
      cause: "no-grant",
      family: "grant",
      subject: { kind: "principal", name: "ci" },
      principal: "ci",
      count: 1,
      addresses: ["10.0.0.8"],
      agents: ["skopeo/1.9.3"],
    });
    expect(incidents[0]?.sides.map(({ side }) => side)).toEqual(["log", "access-log", "denial"]);
  });

  it("of a deployment: what the kubelet said, its back-off, and the registry's 404", () => {
    const incidents = fold([
      api({ cause: "not-found", node: "n1" }),
      backOff({ node: "n1", ...at(12) }),
      containerd({ side: "log" }),
      containerd({ side: "access-log" }),
      containerd({ side: "access-log", cause: "unauthorized", provisional: true, ...at(-0.2) }),
    ]);
    expect(incidents).toHaveLength(1);
    expect(incidents[0]).toMatchObject({
      cause: "not-found",
      subject: { kind: "workload", name: "prod/shop/Deployment/api" },
      namespace: "shop",
      count: 1,
      addresses: ["10.0.0.9"],
      nodes: ["n1"],
    });
  });

  it("of a deployment without a grant, whose token was refused for no tag in particular", () => {
    const incidents = fold([
      api({ cause: "unauthorized" }),
      containerd({ side: "denial", reference: null, actor: "puller", cause: "no-grant", ...at(1) }),
    ]);
    expect(incidents).toHaveLength(1);
    expect(incidents[0]).toMatchObject({ cause: "no-grant", principal: "puller", reference: "v1" });
  });

  it("a wrong secret and a missing grant of one robot are two troubles, whatever is vague joins the nearest", () => {
    const robot = { side: "denial", reference: null, actor: "robot:ci" } as const;
    const incidents = fold([
      registryLine({ ...robot, cause: "wrong-credentials" }),
      registryLine({ ...robot, cause: "no-grant", ...at(10) }),
      registryLine({ side: "log", actor: "robot:ci", cause: "unauthorized", ...at(10.1) }),
    ]);
    expect(incidents.map(({ cause, count }) => [cause, count]).sort()).toEqual([
      ["no-grant", 1],
      ["wrong-credentials", 1],
    ]);
  });

  it("nobody is nobody: a pull without a sign-in is not the robot's that failed at the same address before", () => {
    const incidents = fold([
      registryLine({ side: "denial", reference: null, actor: "robot:ci", cause: "no-grant" }),
      registryLine({ side: "log", cause: "no-grant", ...at(0.1) }),
      registryLine({ side: "denial", reference: null, actor: null, cause: "not-signed-in", ...at(300) }),
      registryLine({ side: "log", cause: "no-grant", ...at(300.1) }),
    ]);
    expect(incidents.map(({ cause, subject, count }) => [cause, subject.kind, count]).sort()).toEqual([
      ["no-grant", "principal", 1],
      ["not-signed-in", "client", 1],
    ]);
  });

  it("of a kubelet that says first only that it was refused, and then why", () => {
    const incidents = fold([
      api({ cause: "unauthorized" }),
      api({ cause: "credentials-expired", ...at(3) }),
      api({ cause: "denied-or-missing", ...at(5) }),
    ]);
    expect(incidents).toHaveLength(1);
    expect(incidents[0]).toMatchObject({ cause: "credentials-expired", family: "credentials", count: 3 });
  });

  it("with a bare 403 in the access log, where the client was told of a policy or a firewall", () => {
    for (const cause of ["blocked-by-policy", "address-not-allowed"] as const) {
      const incidents = fold([api({ cause }), containerd({ side: "access-log", cause: "no-grant" })]);
      expect(incidents.map((each) => each.cause)).toEqual([cause]);
    }
  });

  it("counts in each hour what the side says that saw most, and the hours sum to the count", () => {
    const [incident] = fold([
      api({ cause: "not-found", count: 3 }),
      backOff({ count: 40, ...at(20) }),
      containerd({ count: 5, ...at(30) }),
      containerd({ side: "access-log", count: 4, ...at(30) }),
      api({ cause: "not-found", count: 7, ...at(3_600) }),
    ]);
    expect(incident?.hours.map(({ count }) => count)).toEqual([5, 7]);
    expect(incident?.count).toBe(12);
  });

  it("spreads what a kubelet counts itself over its time", () => {
    const [incident] = fold([api({ cause: "not-found", count: 30, ...later(0, 3 * 3_600) })]);
    expect(incident?.hours.map(({ count }) => count)).toEqual([10, 10, 10]);
  });

  it("keeps fifty of many names, sorted", () => {
    const lines = Array.from({ length: 60 }, (_, index) =>
      registryLine({ actor: "ci", address: `10.0.1.${index + 100}`, cause: "not-found" }),
    );
    const [incident, ...others] = fold(lines);
    expect(others).toEqual([]);
    expect(incident?.addresses).toHaveLength(50);
    expect(incident?.addresses[0]).toBe("10.0.1.100");
  });
});

describe("whose incident it is", () => {
  it("is one for a deployment that fails on forty nodes for an hour", () => {
    const groups = Array.from({ length: 40 }, (_, node) =>
      Array.from({ length: 60 }, (_, minute) => [
        api({
          node: `n${node}`,
          cause: minute % 5 === 0 ? "not-found" : "no-cause-in-text",
          ...at(minute * 60 + node),
        }),
        containerd({ address: `10.0.1.${node}`, ...at(minute * 60 + node) }),
      ]).flat(),
    ).flat();
    expect(fold(groups)).toHaveLength(1);
  });

  it("is two for two deployments, never three", () => {
    const incidents = fold([
      api({ cause: "not-found" }),
      workloadLine("Deployment/web", { cause: "not-found", ...at(60) }),
      containerd(at(1)),
      containerd({ address: "10.0.0.10", ...at(61) }),
      containerd({ address: "10.0.0.11", ...at(600) }),
      containerd({ side: "access-log", reference: null, cause: "not-found", ...at(30) }),
    ]);
    expect(incidents.map(({ subject, addresses }) => [subject.name, addresses])).toEqual([
      ["prod/shop/Deployment/api", ["10.0.0.9"]],
      ["prod/shop/Deployment/web", ["10.0.0.10", "10.0.0.11"]],
    ]);
  });

  it("is one more for a person who pulls the same missing image", () => {
    const incidents = fold([api({ cause: "not-found" }), registryLine({ cause: "not-found", ...at(1) })]);
    expect(incidents.map(({ subject }) => subject)).toEqual([
      { kind: "workload", name: "prod/shop/Deployment/api" },
      { kind: "client", name: "10.0.0.8 skopeo" },
    ]);
  });

  it("is not the workload's when the registry tells of another trouble, another tag or another time", () => {
    const other = [{ cause: "throttled" } as const, { reference: "v2" }, at(16 * 60)];
    for (const given of other) expect(fold([api({ cause: "not-found" }), containerd(given)])).toHaveLength(2);
    expect(fold([api({ cause: "not-found" }), containerd(at(15 * 60))])).toHaveLength(1);
  });

  it("is the evidence of the workload with the same trouble, though another backs off nearer", () => {
    const incidents = fold([
      api({ cause: "no-platform" }),
      backOff(at(100)),
      workloadLine("Deployment/web", { cause: "not-found", ...at(60) }),
      containerd(at(101)),
    ]);
    expect(incidents.map(({ cause, subject }) => [cause, subject.name])).toEqual([
      ["no-platform", "prod/shop/Deployment/api"],
      ["not-found", "prod/shop/Deployment/web"],
    ]);
  });

  it("is whoever signed in with the same program at the same address, in any version", () => {
    const named = registryLine({ actor: "ci", cause: "not-found" });
    const bare = { side: "access-log", cause: "not-found", agent: "skopeo/1.10", ...at(600) } as const;
    expect(fold([named, registryLine(bare)])).toHaveLength(1);
    expect(fold([named, registryLine({ ...bare, address: "10.0.0.7" })])).toHaveLength(2);
    expect(fold([named, registryLine({ ...bare, agent: "crane/0.22" })])).toHaveLength(2);
    expect(fold([named, registryLine({ ...bare, reference: "v2" })])).toHaveLength(2);
  });

  it("leaves a refused token alone when no pull of its time is known", () => {
    const denial = registryLine({ side: "denial", reference: null, actor: "ci", cause: "no-grant" });
    expect(fold([denial])).toMatchObject([{ reference: null, cause: "no-grant", principal: "ci" }]);
    expect(fold([denial, registryLine({ actor: "ci", cause: "unauthorized", ...at(119) })])).toHaveLength(1);
    expect(fold([denial, registryLine({ actor: "ci", cause: "unauthorized", ...at(121) })])).toHaveLength(2);
    expect(fold([denial, registryLine({ actor: "ci", cause: "not-found", ...at(1) })])).toHaveLength(2);
  });
});

describe("lines that only repeat that it failed", () => {
  it("belong to the failure of the same workload near to them, before or after", () => {
    for (const minutes of [16, 44])
      expect(fold([api({ cause: "timeout", ...at(30 * 60) }), backOff(at(minutes * 60))])).toMatchObject([
        { cause: "timeout", family: "network", count: 1 },
      ]);
    expect(fold([api({ cause: "timeout", ...at(30 * 60) }), backOff(at(46 * 60))])).toHaveLength(2);
  });

  it("reach as far as they follow one another", () => {
    const chain = [10, 20, 30, 40].map((minutes) => backOff(at(minutes * 60)));
    expect(fold([api({ cause: "timeout" }), ...chain])).toHaveLength(1);
  });

  it("belong to the nearest of two troubles", () => {
    const incidents = fold([
      api({ cause: "timeout" }),
      backOff(at(60)),
      backOff(at(540)),
      api({ cause: "not-found", ...at(600) }),
    ]);
    expect(incidents.map(({ family, lastAt }) => [family, lastAt])).toEqual([
      ["network", at(60).lastAt],
      ["absent", at(600).lastAt],
    ]);
  });

  it("are an incident of their own alone, with the words of the text where there are any", () => {
    expect(fold([backOff({ count: 9 })])).toMatchObject([{ family: "unclear", count: 9 }]);
    expect(fold([backOff(), api({ cause: "unknown" })])).toMatchObject([{ cause: "unknown" }]);
  });

  it("get their cause from the registry where the kubelet's was lost", () => {
    expect(fold([backOff(), containerd()])).toMatchObject([
      { cause: "not-found", subject: { kind: "workload" } },
    ]);
  });
});

describe("what is a failure only if its client does not go on", () => {
  const head = registryLine({ side: "access-log", cause: "not-found", provisional: true });
  const challenge = registryLine({ side: "access-log", cause: "unauthorized", provisional: true });
  const push = (given = {}) =>
    registryLine({ side: "notification", action: "push", cause: null, actor: "ci", ...given });

  it("is none before a push of the same client", () => {
    expect(fold([head, push(at(59))])).toEqual([]);
    expect(fold([head, push(at(61))])).toHaveLength(1);
    expect(fold([head, push({ address: "10.0.0.7", ...at(5) })])).toHaveLength(1);
    expect(fold([head, push(at(-5))])).toHaveLength(1);
    expect(fold([head, registryLine({ ...pulled, ...at(5) })])).toHaveLength(1);
  });

  it("is none before a sign-in, also of one who then misses the tag", () => {
    expect(fold([challenge, registryLine({ ...pulled, actor: "ci", ...at(1) })])).toEqual([]);
    expect(fold([challenge, push(at(1))])).toEqual([]);
    expect(fold([challenge, registryLine({ cause: "not-found", ...at(1) })])).toMatchObject([
      { cause: "not-found" },
    ]);
    expect(fold([challenge, registryLine({ ...pulled, address: "10.0.0.7", ...at(1) })])).toHaveLength(1);
  });

  it("is told by the name where addresses are not known", () => {
    const named = { ...head, actor: "ci", address: null };
    expect(fold([named, push({ address: null, ...at(5) })])).toEqual([]);
    expect(fold([named, push(at(5))])).toEqual([]);
    expect(fold([named, push({ actor: "other", ...at(5) })])).toHaveLength(1);
  });

  it("is not judged in its first four seconds", () => {
    const young = foldSignals([head], at(3).firstAt);
    expect(young).toEqual({ incidents: [], nextLookAt: at(4).firstAt });
    expect(foldSignals([head], at(4).firstAt).incidents).toHaveLength(1);
  });

  it("is told at once that nobody signed in, where the registry has refused the token of nobody", () => {
    const nobody = registryLine({
      side: "denial",
      reference: null,
      cause: "not-signed-in",
      provisional: true,
    });
    const refused = registryLine({ cause: "no-grant", ...at(0.2) });
    const when = at(1).firstAt;
    expect(fold([nobody], when)).toEqual([]);
    expect(fold([nobody, refused], when)).toMatchObject([
      { cause: "not-signed-in", reference: "v1", count: 1 },
    ]);
    expect(fold([nobody, { ...refused, address: "10.0.0.7" }], when)).toMatchObject([{ cause: "no-grant" }]);
    // Who signs in afterwards mends it, and it was what it was.
    const login = registryLine({ side: "notification", ...pulled, actor: "ci", ...at(20) });
    expect(fold([nobody, refused, login])).toMatchObject([
      { cause: "not-signed-in", recoveredAt: at(20).firstAt },
    ]);
  });

  it("makes no incident of a thousand ordinary pushes and pulls", () => {
    const groups = Array.from({ length: 1_000 }, (_, index) => {
      const who = { address: `10.1.${index % 7}.${index % 50}`, reference: `v${index % 90}` };
      const time = (seconds: number) => at(index * 20 + seconds);
      const isPush = index % 2 === 0;
      return [
        registryLine({ ...challenge, ...who, ...time(0) }),
        ...(isPush ? [registryLine({ ...head, ...who, ...time(1) }), push({ ...who, ...time(2) })] : []),
        ...(isPush
          ? []
          : [registryLine({ ...pulled, side: "notification", actor: "ci", ...who, ...time(1) })]),
      ];
    }).flat();
    expect(foldSignals(groups, now)).toEqual({ incidents: [], nextLookAt: null });
  });

  it("leaves refused pushes out: they are no failed pulls", () => {
    expect(fold([challenge, push({ side: "denial", cause: "no-grant", ...at(1) })])).toEqual([]);
  });
});
