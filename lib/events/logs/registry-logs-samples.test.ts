import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseRegistryLogs } from "#lib/events/logs/parse-registry-logs";
import { parseEnvelope } from "#lib/events/parse-envelope";
import type { RegistrySignal } from "#lib/events/signal";
import { formatSignal } from "#lib/events/testing/log-lines";

const samples = join(import.meta.dirname, "../../../../shared/reference/samples");
const receivedAt = new Date("2026-11-23T18:10:00Z");
const fallback = "sha256-…";

type Told = Record<string, string[]>;

/** What each thing that a client did made distribution's application log say; two of the same are two requests. */
const application: Told = {
  "push by ci": ["pull team/app@digest not-found?", "push team/app:v1 ok"],
  "push image by ci": ["push team/img:v1 ok"],
  "pull image by reader": ["pull team/img:v1 ok"],
  "copy image down by reader": ["pull team/img:v1 ok"],
  "pull tag that never existed, by reader": ["pull team/img:v9 not-found"],
  "pull repository that never existed, by reader": ["pull team/none:v1 not-found"],
  "pull repository outside the grant, by reader": [
    "pull other/img:v1 no-grant",
    "pull other/img:v1 no-grant",
  ],
  "pull without signing in": ["pull team/img:v1 no-grant", "pull team/img:v1 no-grant"],
  "pull with a wrong password": [],
  "push by reader (pull only)": ["push team/img:v2 no-grant"],
  "push by ci outside the grant": [],
  "pull by digest that does not exist, by reader": ["pull team/img@digest not-found"],
  "token that expired 2 minutes ago": ["pull team/img:v1 unauthorized"],
  "token made for another registry": ["pull team/img:nope unauthorized"],
  "token that is no token": ["pull team/img:v1 unauthorized"],
  "malformed name": [],
  "tag move by ci": ["pull team/app@digest not-found?", "push team/app:v1 ok"],
  "second tag by ci": ["pull team/app:v1 ok", "push team/app:v2 ok"],
  "delete tag v2 by tag, by ci": ["delete team/app:v2 ok"],
  "pull deleted tag by reader": ["pull team/app:v2 not-found"],
  "delete by reader (pull only)": [],
  "attach a referrer by ci": [
    "pull team/app:v1 ok",
    "pull team/app@digest not-found?",
    "push team/app@digest ok",
    `push team/app:${fallback} ok`,
  ],
  "catalog by ci": [],
  "push an index with amd64 and arm64, by ci": [
    "pull team/img:v1 ok",
    "pull team/multi:a not-found?",
    "push team/multi:a ok",
    "pull team/img:v1 ok",
    "pull team/multi:b not-found?",
    "push team/multi:b ok",
    "pull team/multi:a ok",
    "pull team/multi:b ok",
    "pull team/multi:v1 not-found?",
    "pull team/multi@digest ok",
    "pull team/multi@digest ok",
    "push team/multi:v1 ok",
  ],
  "pull for a platform that is not in the index, by ci": ["pull team/multi:v1 ok"],
  "pull by crane": ["pull team/multi:v1 ok", "pull team/multi@digest ok"],
  "push a chart-like artifact by oras": ["pull team/chart@digest not-found?", "push team/chart:1.0.0 ok"],
  "cross-repository mount by oras copy": [
    "pull team/img:v1 ok",
    "pull team/img2@digest not-found?",
    "push team/img2:v1 ok",
    "pull team/img2@digest ok",
  ],
};

/** The same in logs that do not say why a request got 401, and in which the one before each token looks like it. */
const withoutReasons: Told = {
  ...application,
  "push by ci": ["pull team/app@digest unauthorized?", ...(application["push by ci"] ?? [])],
  "pull repository outside the grant, by reader": [
    "pull other/img:v1 unauthorized?",
    "pull other/img:v1 unauthorized?",
  ],
  "pull without signing in": ["pull team/img:v1 unauthorized?", "pull team/img:v1 unauthorized?"],
  "push by reader (pull only)": ["push team/img:v2 unauthorized?"],
  "token that expired 2 minutes ago": ["pull team/img:v1 unauthorized?"],
  "token made for another registry": ["pull team/img:nope unauthorized?"],
  "token that is no token": ["pull team/img:v1 unauthorized?"],
  "tag move by ci": ["pull team/app@digest unauthorized?", ...(application["tag move by ci"] ?? [])],
  "second tag by ci": [
    "pull team/app:v1 unauthorized?",
    "pull team/app:v1 ok",
    "push team/app:v2 unauthorized?",
    "push team/app:v2 ok",
  ],
  "pull deleted tag by reader": ["pull team/app:v2 unauthorized?", "pull team/app:v2 not-found"],
  "attach a referrer by ci": [
    "pull team/app:v1 unauthorized?",
    ...(application["attach a referrer by ci"] ?? []),
  ],
  "push a chart-like artifact by oras": [
    "pull team/chart@digest unauthorized?",
    ...(application["push a chart-like artifact by oras"] ?? []),
  ],
  "cross-repository mount by oras copy": [
    "pull team/img:v1 unauthorized?",
    "pull team/img:v1 ok",
    "pull team/img2@digest unauthorized?",
    "pull team/img2@digest not-found?",
    "push team/img2:v1 ok",
    "pull team/img2@digest ok",
  ],
};

/** 2.8 refuses to delete by name, so the tag was still there. */
const old: Told = {
  "delete tag v2 by tag, by ci": [],
  "pull deleted tag by reader": ["pull team/app:v2 ok"],
};
const oldWithoutReasons: Told = {
  ...old,
  "pull deleted tag by reader": ["pull team/app:v2 unauthorized?", "pull team/app:v2 ok"],
};
/** zot asks for a token once, has the referrers API, and does not look at the audience of a token. */
const zot: Told = {
  "pull repository outside the grant, by reader": ["pull other/img:v1 unauthorized?"],
  "pull without signing in": ["pull team/img:v1 unauthorized?"],
  "token made for another registry": ["pull team/img:nope not-found"],
  "attach a referrer by ci": (withoutReasons["attach a referrer by ci"] ?? []).filter(
    (one) => !one.includes(fallback),
  ),
};

function readLines(file: string): string[] {
  const path = join(samples, file);
  return existsSync(path)
    ? readFileSync(path, "utf8")
        .split("\n")
        .filter((line) => line !== "")
    : [];
}

const steps: { at: string; registry: string; did: string }[] = readLines("live/steps.jsonl").map((line) =>
  JSON.parse(line),
);
const missing = steps.length === 0;

/** A line of the access log, which has no more than seconds, belongs to the line of the application before it. */
function readSteps(registry: string, side: string): Told {
  const own = steps.filter((step) => step.registry === registry);
  const told: Told = Object.fromEntries(own.map((step) => [step.did, []]));
  let did = "";
  for (const line of readLines(`live/${registry}.log`)) {
    const time = /"time":"([^"]+)"/.exec(line)?.[1];
    if (time !== undefined) {
      did = own.findLast((step) => Date.parse(step.at) <= Date.parse(time))?.did ?? did;
    }
    for (const signal of parse(line).signals) {
      if (signal.side === side) told[did]?.push(formatSignal(signal).replace(/[0-9a-f]{64}/, "…"));
    }
  }
  return told;
}

const parse = (body: string) => parseRegistryLogs(body, null, receivedAt);
const readBody = (file: string) => readLines(file).join("\n");

describe("logs that real registries wrote of real clients", () => {
  it.skipIf(missing).each([
    ["distribution-2.8.2", "log", { ...application, ...old }],
    ["distribution-2.8.2", "access-log", { ...withoutReasons, ...oldWithoutReasons }],
    ["distribution-3.1.2", "log", application],
    ["distribution-3.1.2", "access-log", withoutReasons],
    ["zot-2.1.20", "log", { ...withoutReasons, ...zot }],
  ])("%s, %s: each step of each client", (registry, side, expected) => {
    expect(readSteps(registry, side)).toEqual(expected);
  });

  it.skipIf(missing).each(["distribution-2.8.2", "distribution-3.1.2", "zot-2.1.20"])(
    "%s: every line can be read, once, in any order and any number of times",
    (registry) => {
      const lines = readLines(`live/${registry}.log`);
      const told = parse(lines.join("\n"));
      expect(told.unreadable).toBe(0);
      expect(told.signals.length + told.ignored).toBe(lines.length);
      const sorted = (signals: RegistrySignal[]) => signals.map((signal) => JSON.stringify(signal)).sort();
      expect(sorted(parse([...lines, ...lines.toReversed()].join("\n")).signals)).toEqual(
        sorted(told.signals),
      );
    },
  );

  it.skipIf(missing).each(["distribution-2.8.2", "distribution-3.1.2"])(
    "%s: the pushes and deletions of its log are those of its notifications",
    (registry) => {
      const notices = readLines(`live/${registry}.notifications.jsonl`).flatMap(
        (line) => parseEnvelope(line, receivedAt).signals,
      );
      const signals = parse(readBody(`live/${registry}.log`)).signals.filter(
        (signal) => signal.side === "log" && signal.cause === null && signal.action !== "pull",
      );
      const name = (one: {
        action: string;
        repository: string | null;
        tag: string | null;
        digest: string | null;
      }) => `${one.action} ${one.repository} ${one.tag ?? one.digest}`;
      expect(signals.map(name).sort()).toEqual(
        notices
          .filter((notice) => notice.action !== "pull")
          .map(name)
          .sort(),
      );
    },
  );

  it.skipIf(missing)("says who and from where", () => {
    const failed = parse(readBody("live/distribution-3.1.2.log")).signals.find(
      (signal) => signal.side === "log" && signal.tag === "v9",
    );
    expect(failed).toMatchObject({
      actor: "reader",
      address: "127.0.0.1",
      agent: "skopeo/1.9.3",
      message: "manifest unknown: unknown tag=v9",
    });
  });

  const published = "distribution-logs";
  it.skipIf(readLines(`${published}/distribution-2.2.1-text-and-combined.log`).length === 0)(
    "logs of other people",
    () => {
      const tell = (file: string) => {
        const { signals, unreadable } = parse(readBody(`${published}/${file}`));
        return [...signals.map((signal) => `${signal.side}: ${formatSignal(signal)}`), unreadable];
      };
      expect(tell("distribution-2.2.1-text-and-combined.log")).toEqual([
        "log: pull library/django:latest not-found",
        "access-log: pull library/django:latest not-found",
        0,
      ]);
      expect(tell("dtr-manifest-put.jsonl")).toEqual([0]);
      // Its digest was shortened by whoever published it.
      expect(tell("harbor-registry-manifest-unknown.shortened.log")).toEqual([
        "log: pull library/confluence not-found",
        0,
      ]);
    },
  );
});
