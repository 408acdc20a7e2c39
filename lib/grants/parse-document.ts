import { setImmediate } from "node:timers/promises";
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";
import type { z } from "zod";
import { patternSchema, remarkSchema, timeSchema } from "#lib/auth/schema";
import { normaliseActions } from "#lib/grants/rules-write";
import { accessActionSchema } from "#lib/grants/schema";
import {
  type Chunk,
  type DocumentKey,
  type DocumentProblem,
  mostProblems,
  type Section,
  splitDocument,
} from "#lib/grants/split-document";
import { registrySlugSchema } from "#lib/inventory/schema";
import { loginSchema } from "#lib/people/schema";
import { parsePrincipalReference } from "#lib/principals/rules";
import { groupNameSchema, principalNameSchema } from "#lib/principals/schema";

export interface DocumentPrincipal {
  line: number;
  kind: "robot" | "workload" | "group";
  name: string;
  description: string;
  owner: string | null;
  disabled: boolean;
}

export interface DocumentGrant {
  line: number;
  /** As it is written: robot:ci, everyone. */
  principal: string;
  registry: string;
  pattern: string | null;
  actions: string[];
  until: string | null;
  reason: string;
}

type Covered = Pick<DocumentGrant, "pattern" | "actions">;

export interface DocumentProtection {
  line: number;
  registry: string;
  pattern: string;
  pushers: string[];
}

/** A part that is null is not spoken of at all: nothing of it is changed. */
export interface GrantsDocument {
  principals: DocumentPrincipal[] | null;
  grants: DocumentGrant[] | null;
  protections: DocumentProtection[] | null;
}

export type DocumentParse =
  | { ok: true; document: GrantsDocument }
  | { ok: false; problems: DocumentProblem[] };

const longestTurnMs = 10;

/**
 * Reads the document of grants, a piece at a time, so that others get their turn between. Every scalar is text, so no
 * name becomes a number; aliases and tags are refused.
 */
export async function parseGrantsDocument(text: string): Promise<DocumentParse> {
  const reader = new Reader();
  const document = await reader.read(text);
  if (reader.problems.length === 0) return { ok: true, document };
  return { ok: false, problems: reader.problems.slice(0, mostProblems) };
}

class Reader {
  readonly problems: DocumentProblem[] = [];
  #lines = new LineCounter();
  /** Lines of the document before the piece that is read. */
  #before = 0;
  #pausedAt = performance.now();

  async read(text: string): Promise<GrantsDocument> {
    const { sections, problems } = splitDocument(text);
    this.problems.push(...problems);
    const version = sections.get("version");
    const node = version?.inline ? this.#parse(version.inline) : null;
    const written = node && isScalar(node) ? node.value : null;
    if (written !== "1")
      this.problems.push({ line: version?.line ?? 1, message: "version: this console reads version: 1." });
    return {
      principals: await this.#list(sections, "principals", (item, line) => this.#readPrincipal(item, line)),
      grants: await this.#list(sections, "grants", (item, line) => this.#readGrant(item, line)),
      protections: await this.#list(sections, "protections", (item, line) =>
        this.#readProtection(item, line),
      ),
    };
  }

  /** The value of one piece; null when it has an error, which is noted. */
  #parse(chunk: Chunk): Node | null {
    const known = this.problems.length;
    this.#lines = new LineCounter();
    this.#before = chunk.line - 1;
    const document = parseDocument(chunk.text, {
      schema: "failsafe",
      version: "1.2",
      lineCounter: this.#lines,
      prettyErrors: false,
      uniqueKeys: true,
      logLevel: "error",
    });
    for (const { pos, message } of [...document.errors, ...document.warnings])
      this.problems.push({ line: this.#before + this.#lines.linePos(pos[0]).line, message });
    if (this.problems.length > known) return null;
    visit(document, {
      Alias: (_key, node) => this.#refuse(node, "Aliases are not allowed here: write it again."),
      Node: (_key, node) => {
        if ("anchor" in node && node.anchor) this.#refuse(node, "Anchors are not allowed here.");
        if (node.tag !== undefined && !node.tag.startsWith("tag:yaml.org,2002:"))
          this.#refuse(node, "Tags are not allowed here.");
      },
    });
    return this.problems.length > known ? null : document.contents;
  }

  #readPrincipal(node: Node | null, at: number): DocumentPrincipal | null {
    const map = this.#map(node, ["name", "description", "owner", "disabled"], at);
    if (!map) return null;
    const { line, fields } = map;
    const text = this.#text(fields.get("name"), line, "name");
    if (text === null) return null;
    const reference = parsePrincipalReference(text);
    if (reference?.by !== "name" || reference.kind === "user")
      return this.#fail(line, `Name a principal as robot:…, workload:… or group:…, not ${text}.`);
    const { kind } = reference;
    const name = this.#check(
      kind === "group" ? groupNameSchema : principalNameSchema,
      reference.name,
      line,
      "name",
    );
    const owner = this.#optional(fields.get("owner"), loginSchema, line, "owner");
    const disabled = this.#boolean(fields.get("disabled"), line, "disabled");
    if (kind === "group" && (owner !== null || disabled))
      return this.#fail(line, "A group has no owner, and is not disabled here.");
    const description = this.#optional(fields.get("description"), remarkSchema, line, "description") ?? "";
    return name === null ? null : { line, kind, name, description, owner, disabled };
  }

  #readGrant(node: Node | null, at: number): DocumentGrant | null {
    const known = ["principal", "registry", "pattern", "actions", "catalog", "until", "reason"];
    const map = this.#map(node, known, at);
    if (!map) return null;
    const { line, fields } = map;
    const principal = this.#reference(fields.get("principal"), line, "principal");
    const registry = this.#required(fields.get("registry"), registrySlugSchema, line, "registry");
    const until = this.#optional(fields.get("until"), timeSchema, line, "until");
    const reason = this.#optional(fields.get("reason"), remarkSchema, line, "reason") ?? "";
    const catalog = this.#boolean(fields.get("catalog"), line, "catalog");
    const covered = catalog ? this.#readCatalog(fields, line) : this.#readCovered(fields, line);
    if (principal === null || registry === null || !covered) return null;
    const end = until === null ? null : new Date(until).toISOString();
    return { line, principal, registry, ...covered, until: end, reason };
  }

  #readCatalog(fields: ReadonlyMap<string, Node | null>, line: number): Covered | null {
    if (!fields.has("pattern") && !fields.has("actions")) return { pattern: null, actions: ["catalog"] };
    return this.#fail(line, "catalog: true stands alone, without pattern and actions.");
  }

  #readCovered(fields: ReadonlyMap<string, Node | null>, line: number): Covered | null {
    const pattern = this.#required(fields.get("pattern"), patternSchema, line, "pattern");
    const actions = this.#texts(fields.get("actions"), line, "actions")?.flatMap(
      (text) => this.#check(accessActionSchema, text, line, "actions") ?? [],
    );
    if (pattern === null || !actions) return null;
    if (actions.length === 0) return this.#fail(line, "actions: name at least one of pull, push and delete.");
    const normal = normaliseActions(null, pattern, actions);
    if (!normal.ok) return this.#fail(line, normal.message);
    return { pattern, actions: normal.actions };
  }

  #readProtection(node: Node | null, at: number): DocumentProtection | null {
    const map = this.#map(node, ["registry", "pattern", "pushers"], at);
    if (!map) return null;
    const { line, fields } = map;
    const registry = this.#required(fields.get("registry"), registrySlugSchema, line, "registry");
    const pattern = this.#required(fields.get("pattern"), patternSchema, line, "pattern");
    const pushers = fields.has("pushers") ? this.#texts(fields.get("pushers"), line, "pushers") : [];
    if (registry === null || pattern === null || !pushers) return null;
    for (const text of pushers) {
      const reference = parsePrincipalReference(text);
      if (reference?.by !== "name")
        return this.#fail(line, `pushers: name each as robot:…, workload:…, user:… or group:…, not ${text}.`);
    }
    return { line, registry, pattern, pushers: [...new Set(pushers)] };
  }

  async #list<T>(
    sections: ReadonlyMap<DocumentKey, Section>,
    key: DocumentKey,
    read: (node: Node | null, line: number) => T | null,
  ): Promise<T[] | null> {
    const section = sections.get(key);
    if (!section) return null;
    const found: T[] = [];
    for (const chunk of section.inline ? [section.inline] : section.items) {
      if (this.problems.length >= mostProblems) return found;
      await this.#pause();
      const node = this.#parse(chunk);
      if (node === null) continue;
      if (!isSeq(node)) this.#fail(chunk.line, `${key}: this is a list.`);
      else
        for (const item of node.items) {
          const value = read(item as Node | null, this.#lineOf(item as Node | null, chunk.line));
          if (value !== null) found.push(value);
        }
    }
    return found;
  }

  async #pause(): Promise<void> {
    if (performance.now() - this.#pausedAt < longestTurnMs) return;
    await setImmediate();
    this.#pausedAt = performance.now();
  }

  #map(
    node: Node | null | undefined,
    known: readonly string[],
    fallback: number,
  ): { line: number; fields: Map<string, Node | null> } | null {
    if (!node || !isMap(node))
      return this.#fail(this.#lineOf(node, fallback), `Write ${known.join(", ")} here.`);
    const line = this.#lineOf(node, fallback);
    const fields = new Map<string, Node | null>();
    for (const { key, value } of (node as YAMLMap<Node, Node | null>).items) {
      const name = isScalar(key) ? String(key.value) : "";
      if (!known.includes(name))
        this.problems.push({
          line: this.#lineOf(key, line),
          message: `${name.slice(0, 60)} is not known here.`,
        });
      fields.set(name, value);
    }
    return { line, fields };
  }

  #text(node: Node | null | undefined, line: number, key: string): string | null {
    if (node && isScalar(node) && typeof node.value === "string" && node.value !== "") return node.value;
    return this.#fail(this.#lineOf(node, line), `${key}: write a text here.`);
  }

  #texts(node: Node | null | undefined, line: number, key: string): string[] | null {
    if (!node || !isSeq(node))
      return this.#fail(this.#lineOf(node, line), `${key}: this is a list, such as [pull, push].`);
    return node.items.flatMap((item) => this.#text(item as Node | null, this.#lineOf(node, line), key) ?? []);
  }

  #boolean(node: Node | null | undefined, line: number, key: string): boolean {
    if (node === undefined) return false;
    const text = this.#text(node, line, key);
    if (text !== null && text !== "true" && text !== "false")
      this.problems.push({ line: this.#lineOf(node, line), message: `${key}: true or false.` });
    return text === "true";
  }

  #reference(node: Node | null | undefined, line: number, key: string): string | null {
    const text = this.#text(node, line, key);
    if (text === null) return null;
    const reference = parsePrincipalReference(text);
    if (reference && reference.by !== "id") return text;
    return this.#fail(
      this.#lineOf(node, line),
      `${key}: name it as robot:…, workload:…, user:…, group:…, everyone or signed-in.`,
    );
  }

  #required<T>(node: Node | null | undefined, schema: z.ZodType<T>, line: number, key: string): T | null {
    const text = this.#text(node, line, key);
    return text === null ? null : this.#check(schema, text, this.#lineOf(node, line), key);
  }

  #optional<T>(node: Node | null | undefined, schema: z.ZodType<T>, line: number, key: string): T | null {
    return node === undefined ? null : this.#required(node, schema, line, key);
  }

  #check<T>(schema: z.ZodType<T>, value: unknown, line: number, key: string): T | null {
    const parsed = schema.safeParse(value);
    return parsed.success
      ? parsed.data
      : this.#fail(line, `${key}: ${parsed.error.issues[0]?.message ?? "not valid"}`);
  }

  #refuse(node: Node, message: string): void {
    if (isAlias(node) || this.problems.length < mostProblems)
      this.problems.push({ line: this.#lineOf(node, 1), message });
  }

  #fail(line: number, message: string): null {
    this.problems.push({ line, message });
    return null;
  }

  #lineOf(node: Node | null | undefined, fallback: number): number {
    const offset = node?.range?.[0];
    return offset === undefined ? fallback : this.#before + this.#lines.linePos(offset).line;
  }
}
