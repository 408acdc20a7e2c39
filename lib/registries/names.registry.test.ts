import { request } from "node:http";
import fc from "fast-check";
import { expect, it } from "vitest";
import { isRepositoryName } from "#lib/oci/reference";
import { fuzzRuns } from "#lib/testing/fuzz-runs";
import { startTestRegistry } from "#lib/testing/test-registry";

const parts = ["a", "team", "api", "x1", "0", "a-b", "a_b", "a__b", "a.b", "library", "localhost"];
const strange = [
  "..",
  ".",
  "/",
  "//",
  "_",
  "___",
  "-",
  "A",
  "%2e",
  "%2f",
  "\0",
  " ",
  ":",
  ":80",
  "@",
  "\\",
  "?",
  "#",
];
const wide = ["ａ", "é", "İ", "\u202e", "\ufeff", "a".repeat(130), "\n", "~", "+", ","];

/** Names of good grammar with up to three things done to them. */
const mutatedName = fc
  .tuple(
    fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 4 }).map((list) => list.join("/")),
    fc.array(fc.tuple(fc.nat(40), fc.nat(2), fc.constantFrom(...strange, ...wide)), { maxLength: 3 }),
  )
  .map(([name, edits]) =>
    edits.reduce((text, [at, removed, put]) => {
      const index = at % (text.length + 1);
      return text.slice(0, index) + put + text.slice(index + removed);
    }, name),
  );

/** Whether a registry takes a name for one: it says that it does not know it, and not that it is no name. */
function isTaken(port: number, name: string): Promise<boolean> {
  // Slashes stay, everything else goes as it is; no client in between tidies the path up.
  const path = `/v2/${encodeURIComponent(name).replaceAll("%2F", "/")}/tags/list`;
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text) => {
        body += text;
      });
      response.on("end", () => resolve(response.statusCode === 404 && body.includes("NAME_UNKNOWN")));
    });
    asked.on("error", reject);
    asked.end();
  });
}

it("T4: takes no name that a registry would not, and refuses none but those with a host before them", async () => {
  const registry = await startTestRegistry();
  const counts = { both: 0, neither: 0 };
  try {
    await fc.assert(
      fc.asyncProperty(mutatedName, async (name) => {
        const [ours, theirs] = [isRepositoryName(name), await isTaken(registry.port, name)];
        if (ours === theirs) counts[ours ? "both" : "neither"] += 1;
        // Distribution lets a host stand before a name, and does not count its length.
        else expect([name, ours, /^[A-Za-z0-9.:-]+\//.test(name)]).toEqual([name, false, true]);
      }),
      { numRuns: fuzzRuns(500, 100_000) },
    );
  } finally {
    await registry.stop();
  }
  // Else the mutations were all of one kind, and nothing was compared.
  expect(Math.min(counts.both, counts.neither)).toBeGreaterThan(50);
});
