import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { describe, expect, it } from "vitest";
import { createOpenApiDocument } from "#lib/openapi/create-openapi-document";
import { listRouteDefinitions } from "#lib/openapi/route-table";
import { listHotDoors } from "#lib/server/hot-doors";
import { listExports } from "./list-exports.ts";
import { matrix } from "./matrix.ts";
import { pages } from "./pages.ts";

const root = join(import.meta.dirname, "..", "..");
const table = listRouteDefinitions().map((one) => `${one.method} ${one.path}`);
// next-auth serves these itself; the attack tests of sign-in cover them.
const signInDoor = "/api/auth/{...nextauth}";
// Answers 404 to whatever no route serves; routing-attacks.http.test.ts covers it.
const unknownPath = "/api/{...path}";

/** The address of a file below app/: groups and slots are no part of it, parameters stand in braces. */
function addressOf(file: string): string {
  const folders = relative(join(root, "app"), file).split(sep).slice(0, -1);
  const parts = folders
    .filter((folder) => !/^\(.*\)$/.test(folder) && !folder.startsWith("@"))
    .map((folder) => folder.replace(/^\[+(.+?)\]+$/, "{$1}"));
  return `/${parts.join("/")}`;
}

function listFiles(name: RegExp): string[] {
  return readdirSync(join(root, "app"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

function listMethods(file: string): string[] {
  return listExports(readFileSync(file, "utf8")).filter((name) => methods.has(name));
}

describe("W1: nothing is missing from the authorization matrix", () => {
  const files = listFiles(/^route\.(ts|tsx|js|mjs)$/);
  const exported = files.flatMap((file) => {
    const address = addressOf(file);
    return listMethods(file).map((method) => `${method} ${address}`);
  });
  const served = exported.filter(
    (operation) => !operation.endsWith(` ${signInDoor}`) && !operation.endsWith(` ${unknownPath}`),
  );
  const doors = listHotDoors().map(({ definition }) => `${definition.method} ${definition.path}`);

  it("route files are read, and each exports something", () => {
    expect(files.length).toBeGreaterThan(2);
    const empty = files.filter((file) => listMethods(file).length === 0);
    expect(empty).toEqual([]);
    const starred = files.filter((file) => listExports(readFileSync(file, "utf8")).includes("*"));
    expect(starred).toEqual([]);
  });

  it("an export is found however it is spelled", () => {
    const spellings = [
      "export const GET = 1",
      "export async function GET() {}",
      "const x = 1; export { x as GET }",
      "export const { GET, POST: PUT } = routes",
      'export { GET } from "./other"',
      "export const [GET] = routes",
    ];
    for (const source of spellings) expect(listExports(source), source).toContain("GET");
    expect(listExports('export * from "./other"')).toEqual(["*"]);
  });

  it("every exported method and every hot door is in the route table", () => {
    expect([...served, ...doors].filter((operation) => !table.includes(operation))).toEqual([]);
  });

  it("everything in the route table is served, once", () => {
    expect(table.filter((operation) => ![...served, ...doors].includes(operation))).toEqual([]);
    expect(table.filter((operation, index) => table.indexOf(operation) !== index)).toEqual([]);
  });

  it("everything in the route table is in the matrix, and nothing else", () => {
    const covered = new Set(matrix.map((entry) => entry.operation));
    expect(table.filter((operation) => !covered.has(operation))).toEqual([]);
    expect([...covered].filter((operation) => !table.includes(operation))).toEqual([]);
  });

  it("the OpenAPI document holds exactly the route table", () => {
    const { paths = {} } = createOpenApiDocument(listRouteDefinitions(), "http://localhost");
    const documented = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item ?? {}).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(documented.toSorted()).toEqual(table.toSorted());
  });

  it("every page is in the list of pages, and nothing else", () => {
    const found = listFiles(/^page\.(tsx|ts|jsx|js)$/).map(addressOf);
    expect(pages.map(({ address }) => address).toSorted()).toEqual(found.toSorted());
  });

  it("no server action and no middleware stands beside the routes", () => {
    const sources = listFiles(/\.(ts|tsx)$/);
    const actions = sources.filter((file) => /^\s*["']use server["']/m.test(readFileSync(file, "utf8")));
    expect(actions).toEqual([]);
    const layers = readdirSync(root).filter((name) => /^(middleware|proxy)\.(ts|js|mjs)$/.test(name));
    expect(layers).toEqual([]);
  });
});
