import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RouteDefinition } from "#lib/http/define-route";
import { listRouteDefinitions } from "#lib/openapi/route-table";
import { type ConsoleUnderTest, listConsoles } from "./console-under-test.ts";
import { canRead, expectVerdict, type Verdict } from "./expect-verdict.ts";
import type { Identity } from "./identities.ts";
import { matrix } from "./matrix.ts";
import type { MatrixCall, MatrixEntry } from "./matrix-entry.ts";
import { sendRequest, type TestAnswer } from "./send-request.ts";
import { openIdentities, openStage, type Stage } from "./stage.ts";
import { readTableChecksums } from "./table-checksum.ts";

let stage: Stage;
let identities: Identity[];

beforeAll(async () => {
  stage = await openStage();
  identities = await openIdentities(stage);
});
afterAll(() => stage.close());

const definitions = new Map(listRouteDefinitions().map((one) => [`${one.method} ${one.path}`, one]));

interface Case {
  identity: Identity;
  call: MatrixCall;
  verdict: Verdict;
}

describe.each(listConsoles())("W1: the authorization matrix $name", (console) => {
  const entries = matrix.filter((entry) => console.entry || !entry.hotDoor);
  it.each(numberTwins(entries))("$title", async ({ entry }) => {
    const definition = definitions.get(entry.operation);
    if (!definition) throw new Error(`${entry.operation} is not in the route table.`);
    const cases: Case[] = [];
    for (const identity of identities) {
      const call = await entry.prepare(stage);
      cases.push({
        identity,
        call,
        verdict:
          entry.refusesEverybody ?? expectVerdict(entry.access ?? definition.access, call.target, identity),
      });
    }
    const problems: string[] = [];
    const denied = cases.filter(({ verdict }) => verdict !== "permitted");
    const before = await readTableChecksums(stage.database);
    for (const one of denied) problems.push(...(await judge(console, definition, entry, one)));
    expect(await readTableChecksums(stage.database), "a refused call changed something").toEqual(before);
    for (const one of cases) {
      if (one.verdict === "permitted") problems.push(...(await judge(console, definition, entry, one)));
    }
    expect(problems).toEqual([]);
  });
});

async function judge(
  console: ConsoleUnderTest,
  definition: RouteDefinition,
  entry: MatrixEntry,
  { identity, call, verdict }: Case,
): Promise<string[]> {
  const { request } = call;
  const answer = await sendRequest(console, {
    method: definition.method,
    ...request,
    headers: { ...identity.headers, ...request.headers },
  });
  const expected = verdict === "permitted" ? entry.permitted : [verdict];
  const problems = stage.validator.listProblems(definition.method, definition.path, answer);
  if (!expected.includes(answer.status))
    problems.push(
      `answers ${answer.status}, expected ${expected.join(" or ")}: ${answer.text.slice(0, 300)}`,
    );
  problems.push(...listLeaks(identity, call, answer));
  if (definition.access !== "public" && !/no-store/.test(answer.headers["cache-control"] ?? ""))
    problems.push(`W9: cache-control is ${answer.headers["cache-control"] ?? "absent"}`);
  return problems.map((problem) => `${identity.name}: ${request.path}: ${problem}`);
}

/** Names of repositories and registries that the identity may not see, beyond what the request itself named. */
function listLeaks(identity: Identity, { request }: MatrixCall, answer: TestAnswer): string[] {
  const asked = `${decodeURIComponent(request.path.replaceAll("+", " "))} ${JSON.stringify(request.body ?? "")}`;
  const hidden = [stage.alpha, stage.beta].flatMap((tenant) => {
    const repositories = tenant.repositories
      .filter((one) => !canRead(identity, tenant, one))
      .map((one) => one.name);
    const seen = identity.held.some((held) => held.registryId === null || held.registryId === tenant.id);
    return seen ? repositories : [...repositories, tenant.slug, tenant.mark];
  });
  return hidden
    .filter((word) => answer.text.includes(word) && !asked.includes(word))
    .map((word) => `W2: the answer names ${word}, which they may not see`);
}

function numberTwins(entries: readonly MatrixEntry[]): { title: string; entry: MatrixEntry }[] {
  const seen = new Map<string, number>();
  return entries.map((entry) => {
    const count = (seen.get(entry.operation) ?? 0) + 1;
    seen.set(entry.operation, count);
    return { title: count === 1 ? entry.operation : `${entry.operation} (${count})`, entry };
  });
}
