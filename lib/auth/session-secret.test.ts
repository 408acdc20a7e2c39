import { afterEach, describe, expect, it } from "vitest";
import { parseBearer } from "#lib/auth/bearer";
import { readCallbackPath } from "#lib/auth/callback-url";
import { getSessionCookieName, getSessionSecret } from "#lib/auth/session-secret";
import { readCookie } from "#lib/auth/session-token";

afterEach(() => {
  delete process.env.WHARFINGER_SESSION_SECRET;
  delete process.env.WHARFINGER_BASE_URL;
});

describe("session secret", () => {
  it("W7: has no default, and a weak one is refused by name without its value", () => {
    for (const weak of [
      undefined,
      "",
      "short",
      "a".repeat(64),
      "changeme".repeat(8),
      "secret-secret-secret-secret-secret",
    ]) {
      if (weak === undefined) delete process.env.WHARFINGER_SESSION_SECRET;
      else process.env.WHARFINGER_SESSION_SECRET = weak;
      expect(getSessionSecret).toThrow(/^WHARFINGER_SESSION_SECRET must/);
      if (weak) expect(getSessionSecret).not.toThrow(new RegExp(weak));
    }
  });

  it("W7: names the cookie so that with https no other host can plant it", () => {
    process.env.WHARFINGER_BASE_URL = "https://console.example";
    expect(getSessionCookieName()).toBe("__Host-wharfinger.session");
    process.env.WHARFINGER_BASE_URL = "http://localhost:3000";
    expect(getSessionCookieName()).toBe("wharfinger.session");
  });
});

it("reads a cookie by its very name, and none when it is given twice", () => {
  expect(readCookie("a=1; wharfinger.session=x=y; b=2", "wharfinger.session")).toBe("x=y");
  expect(readCookie("xwharfinger.session=1", "wharfinger.session")).toBeNull();
  expect(readCookie("wharfinger.session=1; wharfinger.session=2", "wharfinger.session")).toBeNull();
  expect(readCookie(null, "wharfinger.session")).toBeNull();
});

it("T11: reads a bearer or refuses, never something in between", () => {
  expect(parseBearer(null)).toEqual({ kind: "none" });
  expect(parseBearer("Bearer abc")).toEqual({ kind: "token", token: "abc" });
  expect(parseBearer("bearer abc")).toEqual({ kind: "token", token: "abc" });
  for (const header of [
    "",
    " ",
    "Bearer",
    "Bearer ",
    "Bearerabc",
    "Bearer a b",
    "Bearer ü",
    "Basic abc",
    "Token abc",
  ])
    expect(parseBearer(header), header).toEqual({ kind: "malformed" });
});

it("W8: keeps paths of this console, with query and fragment", () => {
  const base = "https://console.example";
  expect(readCallbackPath("/images/main/team/api:v1?tab=layers#top", base)).toBe(
    "/images/main/team/api:v1?tab=layers#top",
  );
  expect(readCallbackPath(`${base}/images`, base)).toBe("/images");
  for (const other of [
    null,
    "",
    "images",
    `${base}.evil.example/`,
    "https:console.example",
    "/sign-in?callbackUrl=/",
    "/a\r\nb",
  ])
    expect(readCallbackPath(other, base)).toBe("/");
});
