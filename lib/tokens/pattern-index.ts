import type { RepositoryPattern } from "#lib/auth/pattern";
import type { GrantRule } from "#lib/grants/rules";

/**
 * The grants of one principal in one registry, found by repository in as many steps as its name has parts, however
 * many there are.
 */
export class PatternIndex {
  readonly catalog: GrantRule[] = [];
  readonly #byPattern = new Map<string, GrantRule[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(rule: GrantRule): void {
    this.#size += 1;
    if (rule.pattern === null) {
      this.catalog.push(rule);
      return;
    }
    const key = keyOf(rule.pattern);
    const known = this.#byPattern.get(key);
    if (known === undefined) this.#byPattern.set(key, [rule]);
    else known.push(rule);
  }

  remove(rule: GrantRule): void {
    const key = rule.pattern === null ? null : keyOf(rule.pattern);
    const list = key === null ? this.catalog : this.#byPattern.get(key);
    const at = list?.indexOf(rule) ?? -1;
    if (list === undefined || at === -1) return;
    list.splice(at, 1);
    this.#size -= 1;
    if (key !== null && list.length === 0) this.#byPattern.delete(key);
  }

  /** Adds the grants whose pattern can match. */
  collect(repository: string, found: GrantRule[]): void {
    const index = this.#byPattern;
    if (index.size === 0) return;
    append(index.get(repository), found);
    append(index.get("**"), found);
    let slash = repository.indexOf("/");
    let prefix = "";
    while (slash !== -1) {
      prefix = repository.slice(0, slash + 1);
      append(index.get(`${prefix}**`), found);
      slash = repository.indexOf("/", slash + 1);
    }
    append(index.get(`${prefix}*`), found);
  }

  *all(): Iterable<GrantRule> {
    yield* this.catalog;
    for (const list of this.#byPattern.values()) yield* list;
  }
}

/** The pattern as it is written; names hold no star, so the kinds cannot be confused. */
function keyOf(pattern: RepositoryPattern): string {
  if (pattern.kind === "exact") return pattern.name;
  return `${pattern.prefix}${pattern.kind === "children" ? "*" : "**"}`;
}

function append(list: GrantRule[] | undefined, found: GrantRule[]): void {
  if (list !== undefined) for (const rule of list) found.push(rule);
}
