import { describe, expect, it } from "vitest";
import { readMailSettings } from "#lib/settings/mail-settings";

const read = (url?: string, from?: string) =>
  readMailSettings({ WHARFINGER_SMTP_URL: url, WHARFINGER_MAIL_FROM: from });
const from = "wharfinger@example.com";

describe("mail settings", () => {
  it("are none, or both", () => {
    expect(read()).toEqual({ settings: null, problems: [] });
    expect(read("smtp://mail.example.com").problems[0]).toMatch(/^WHARFINGER_MAIL_FROM must be set/);
    expect(read(undefined, from).problems[0]).toMatch(/^WHARFINGER_SMTP_URL must be set/);
  });

  it.each([
    ["smtps://u:p%40ss@mail.example.com", { port: 465, secure: true, requireTls: false }],
    ["smtp://u:p%40ss@mail.example.com", { port: 587, secure: false, requireTls: true }],
    ["smtp://u:p%40ss@mail.example.com:25/", { port: 25, secure: false, requireTls: true }],
    ["smtp://u:p%40ss@localhost:1025", { port: 1025, secure: false, requireTls: false }],
  ])("%s sends its login in the clear to this machine only", (url, expected) => {
    const login = { user: "u", password: "p@ss" };
    expect(read(url, from).settings).toMatchObject({ ...expected, login, from });
  });

  it("need no login", () => {
    expect(read("smtp://[fd00::1]:25", from).settings).toMatchObject({ host: "fd00::1", login: null });
  });

  it.each([
    "http://mail.example.com",
    "mail.example.com:25",
    "smtp://canary@mail.example.com",
    "smtp://u:canary@mail.example.com/?tls.rejectUnauthorized=false",
    "smtp://u:canary%zz@mail.example.com",
    "smtp://",
  ])("%s is none, and is not repeated", (url) => {
    const { settings, problems } = read(url, from);
    expect(settings).toBeNull();
    expect(problems[0]).toMatch(/^WHARFINGER_SMTP_URL must be an address/);
    expect(problems[0]).not.toContain("canary");
  });

  it.each(["nobody", "a@b\r\nBcc: c@d", "Name <a@example.com>", "a b@example.com"])(
    "%j is no sender",
    (sender) => {
      expect(read("smtp://mail.example.com", sender).problems).toHaveLength(1);
    },
  );
});
