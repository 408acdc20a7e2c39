import { describe, expect, it } from "vitest";
import { foldSignals } from "#lib/failures/rules-fold";
import { at, now, registryLine } from "#lib/testing/signal-groups";

const fold = (...groups: Parameters<typeof foldSignals>[0]) => foldSignals(groups, now).incidents;
const denial = (given = {}) =>
  registryLine({ side: "denial", reference: null, actor: "robot:ci", cause: "no-grant", ...given });
const refusal = (given = {}) => registryLine({ side: "log", cause: "no-grant", ...given });

describe("a client whose address the token endpoint and the registry see differently", () => {
  it.each([null, "::1", "192.168.7.1"])("%s at the endpoint: one incident of who signed in", (address) => {
    const incidents = fold(denial({ address, ...at(0) }), refusal({ ...at(0.2) }), refusal({ ...at(300) }));
    expect(incidents).toMatchObject([
      { reference: "v1", cause: "no-grant", subject: { kind: "principal", name: "robot:ci" }, count: 2 },
    ]);
  });

  it("nobody signed in: one incident of the program at the registry's address", () => {
    const nobody = { actor: null, address: null, cause: "not-signed-in", provisional: true } as const;
    expect(fold(denial({ ...nobody, ...at(0) }), refusal({ ...at(0.2) }))).toMatchObject([
      { cause: "not-signed-in", reference: "v1", subject: { kind: "client", name: "10.0.0.8 skopeo" } },
    ]);
  });

  it("another program, or another moment, is another failure", () => {
    expect(fold(denial({ address: null }), refusal({ agent: "docker/27", ...at(0.2) }))).toHaveLength(2);
    expect(fold(denial({ address: null }), refusal({ ...at(40) }))).toHaveLength(2);
  });

  it("addresses that both sides tell of are told apart", () => {
    const incidents = fold(
      denial({ address: "10.0.0.1", actor: "robot:one" }),
      denial({ address: "10.0.0.2", actor: "robot:two", ...at(0.1) }),
      refusal({ address: "10.0.0.2", reference: "two", ...at(0.2) }),
      refusal({ address: "10.0.0.1", reference: "one", ...at(0.3) }),
    );
    expect(incidents.map(({ subject, reference }) => [subject.name, reference]).sort()).toEqual([
      ["robot:one", "one"],
      ["robot:two", "two"],
    ]);
  });
});
