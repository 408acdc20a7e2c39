import { describe, expect, it } from "vitest";
import { isLogin, prepareOidcLogin, readLogin } from "#lib/people/login";
import { evaluateGroupRoles, readOidcProfile } from "#lib/people/oidc-profile";

const settings = {
  issuer: "https://id.example",
  clientId: "c",
  clientSecret: "s",
  groupsClaim: "groups",
  scope: "openid",
  roleMap: [],
  name: "Example",
};
const claims = {
  iss: "https://id.example",
  sub: "42",
  preferred_username: "Mara",
  email: "mara@x.example",
  groups: ["a"],
};

describe("readOidcProfile", () => {
  it("W13: is known by issuer and subject", () => {
    expect(readOidcProfile(claims, settings)).toEqual({
      issuer: "https://id.example",
      subject: "42",
      preferredLogin: "Mara",
      name: "Mara",
      email: "mara@x.example",
      groups: ["a"],
    });
    expect(readOidcProfile({ ...claims, iss: "https://evil.example" }, settings)).toBeNull();
    for (const sub of [undefined, "4\x002", "4\ud800"])
      expect(readOidcProfile({ ...claims, sub }, settings)).toBeNull();
    expect(readOidcProfile({ ...claims, iss: "https://id.example/" }, settings)?.subject).toBe("42");
  });

  it("reads groups from a list, one word, or inside an object, and nothing else", () => {
    const groups = (value: unknown, groupsClaim = "groups") =>
      readOidcProfile(
        { ...claims, groups: value, realm_access: { roles: ["r"] } },
        { ...settings, groupsClaim },
      )?.groups;
    expect(groups("solo")).toEqual(["solo"]);
    expect(groups(["a", 1, "a", null, "b"])).toEqual(["a", "b"]);
    expect(groups({ a: 1 })).toEqual([]);
    expect(groups([], "realm_access.roles")).toEqual(["r"]);
    expect(groups([], "__proto__.roles")).toEqual([]);
    expect(groups(["a\0", "\ud800", "b\nc", "d"])).toEqual(["d"]);
  });
});

it("maps groups to roles, a star for everybody", () => {
  const map = [
    { group: "platform", role: "engineer" as const },
    { group: "*", role: "viewer" as const },
    { group: "platform", role: "engineer" as const },
  ];
  expect(evaluateGroupRoles(["platform", "x"], map)).toEqual(["viewer", "engineer"]);
  expect(evaluateGroupRoles(["Platform"], map)).toEqual(["viewer"]);
  expect(evaluateGroupRoles(["*"], [{ group: "a", role: "admin" }])).toEqual([]);
});

describe("logins", () => {
  it("W13: reads what was typed only as ASCII", () => {
    expect(readLogin(" Admin ")).toBe("admin");
    for (const typed of ["\u212Aarl", "аdmin", "", "a".repeat(65), "a b", "a\0"])
      expect(readLogin(typed)).toBeNull();
  });

  it("W13: never hands an existing login to somebody new", () => {
    expect(prepareOidcLogin("Admin", new Set(["admin", "admin-2"]))).toBe("admin-3");
    for (const wanted of ["", "….", "Ünal Öz", "a".repeat(300), "<script>", "@@@", "名前", "a--"]) {
      const login = prepareOidcLogin(wanted, new Set());
      expect(isLogin(login), login).toBe(true);
    }
  });
});
