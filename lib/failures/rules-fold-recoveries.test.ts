import { describe, expect, it } from "vitest";
import { foldSignals } from "#lib/failures/rules-fold";
import {
  api,
  at,
  backOff,
  containerd,
  fold,
  now,
  pulled,
  registryLine,
  workloadLine,
} from "#lib/testing/signal-groups";

describe("recovery", () => {
  it("is the first pull of the same workload that went well; what fails then is new", () => {
    const incidents = fold([
      api({ cause: "not-found", node: "n1" }),
      api({ ...pulled, node: "n1", ...at(300) }),
      api({ ...pulled, node: "n1", ...at(400) }),
      api({ cause: "not-found", node: "n1", ...at(900) }),
    ]);
    expect(incidents).toMatchObject([
      { firstAt: at(0).firstAt, recoveredAt: at(300).firstAt, endedQuietly: false },
      { firstAt: at(900).firstAt, recoveredAt: null },
    ]);
    expect(new Set(incidents.map(({ key }) => key)).size).toBe(2);
  });

  it.each([
    ["another workload", api({ cause: "not-found" }), workloadLine("Deployment/web", pulled)],
    ["another tag", api({ cause: "not-found" }), api({ ...pulled, reference: "v2" })],
    [
      "a push",
      registryLine({ actor: "ci", cause: "not-found" }),
      registryLine({ ...pulled, actor: "ci", action: "push" }),
    ],
    [
      "another principal",
      registryLine({ actor: "ci", cause: "not-found" }),
      registryLine({ ...pulled, actor: "cd" }),
    ],
    [
      "another address",
      registryLine({ cause: "not-found" }),
      registryLine({ ...pulled, address: "10.0.0.7" }),
    ],
    [
      "another program",
      registryLine({ cause: "not-found" }),
      registryLine({ ...pulled, agent: "crane/0.22" }),
    ],
  ])("is not %s", (_, failure, success) => {
    expect(fold([failure, { ...success, ...at(60) }])).toMatchObject([{ recoveredAt: null }]);
  });

  it.each([
    [
      "the same principal elsewhere",
      registryLine({ actor: "ci", cause: "not-found" }),
      registryLine({ ...pulled, actor: "ci", address: "10.0.0.7" }),
    ],
    [
      "the same program, which signs in now",
      registryLine({ cause: "unauthorized" }),
      registryLine({ ...pulled, actor: "ci" }),
    ],
    [
      "the principal's program, without a name",
      registryLine({ actor: "ci", cause: "not-found" }),
      registryLine({ ...pulled, side: "access-log" }),
    ],
    [
      "any pull, where no tag was known",
      registryLine({ side: "denial", actor: "ci", reference: null, cause: "no-grant" }),
      registryLine({ ...pulled, actor: "ci", reference: "v7" }),
    ],
  ])("is %s", (_, failure, success) => {
    expect(fold([failure, { ...success, ...at(60) }])).toMatchObject([{ recoveredAt: at(60).firstAt }]);
  });

  it("is not told by one node while another still backs off", () => {
    const incidents = fold([
      api({ cause: "not-found", node: "n1" }),
      api({ cause: "not-found", node: "n2", ...at(1) }),
      api({ ...pulled, node: "n1", ...at(300) }),
      containerd(at(310)),
      backOff({ node: "n2", ...at(311) }),
      api({ ...pulled, node: "n2", ...at(400) }),
    ]);
    expect(incidents).toMatchObject([{ recoveredAt: at(400).firstAt }]);
  });

  it("is not told by a manifest while its blob is missing", () => {
    const lines = [0, 60, 120].flatMap((seconds) => [
      registryLine({ ...pulled, actor: "ci", ...at(seconds) }),
      registryLine({ cause: "content-missing", actor: "ci", ...at(seconds + 1) }),
    ]);
    expect(fold(lines)).toMatchObject([{ count: 3, recoveredAt: null }]);
  });

  it("is unknown after a day of silence", () => {
    const day = 24 * 3_600;
    const first = api({ cause: "not-found" });
    expect(foldSignals([first], at(day).firstAt)).toMatchObject({ incidents: [{ endedQuietly: false }] });
    expect(foldSignals([first], at(day).firstAt).nextLookAt?.getTime()).toBe(at(day).firstAt.getTime() + 1);
    expect(foldSignals([first], at(day + 1).firstAt)).toMatchObject({
      incidents: [{ endedQuietly: true, recoveredAt: null }],
      nextLookAt: null,
    });
    const again = fold([first, api({ cause: "not-found", ...at(day + 1) })], at(day + 2).firstAt);
    expect(again).toMatchObject([{ endedQuietly: true, recoveredAt: null }, { endedQuietly: false }]);
  });
});

it("takes the token endpoint's word for why it refused", () => {
  const told = (cause: "no-grant" | "wrong-credentials" | "credentials-expired" | "not-signed-in") =>
    fold([
      registryLine({ side: "denial", actor: "ci", reference: null, cause }),
      registryLine({ actor: "ci", cause: "no-grant", ...at(1) }),
    ])[0]?.cause;
  for (const cause of ["no-grant", "wrong-credentials", "credentials-expired", "not-signed-in"] as const)
    expect(told(cause)).toBe(cause);
});

it("folds 50,000 groups quickly, also where all of them are one client's", () => {
  const causes = ["not-found", "no-grant", "no-cause-in-text", null] as const;
  const many = (spread: number) =>
    Array.from({ length: 50_000 }, (_, index) =>
      index % 3 === 0
        ? workloadLine(`Deployment/d${index % spread}`, {
            cause: causes[index % 4] ?? null,
            node: `n${index % 40}`,
            ...at(index),
          })
        : registryLine({
            cause: causes[(index >> 2) % 4] ?? null,
            agent: index % 2 ? "containerd/1" : "skopeo/1",
            address: `10.0.0.${index % spread}`,
            actor: index % 5 === 0 ? `a${index % spread}` : null,
            reference: index % 7 === 0 ? null : `v${index % spread}`,
            provisional: index % 11 === 0,
            ...at(index),
          }),
    );
  for (const spread of [1, 200]) {
    const groups = many(spread);
    const begun = process.threadCpuUsage();
    foldSignals(groups, now);
    const { user, system } = process.threadCpuUsage(begun);
    expect((user + system) / 1_000).toBeLessThan(2_000);
  }
});
