import type { RouteDefinition } from "#lib/http/define-route";

/** Methods of the paths in the route table; null for a path that is not in it. */
export function createMethodFinder(
  definitions: readonly Pick<RouteDefinition, "method" | "path">[],
): (path: string) => string[] | null {
  const fixed = new Map<string, string[]>();
  const patterns: { shape: RegExp; methods: string[] }[] = [];
  for (const { method, path } of definitions) {
    const known = fixed.get(path);
    const methods = known ?? [];
    if (!known) {
      fixed.set(path, methods);
      if (path.includes("{")) patterns.push({ shape: toShape(path), methods });
    }
    // Next answers HEAD wherever GET is answered, and OPTIONS by itself.
    methods.push(...(method === "GET" ? ["GET", "HEAD"] : [method]));
  }
  for (const methods of fixed.values()) methods.push("OPTIONS");
  return (path) =>
    (path.includes("{") ? undefined : fixed.get(path)) ??
    patterns.find(({ shape }) => shape.test(path))?.methods ??
    null;
}

function toShape(path: string): RegExp {
  const parts = path.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^/]+")}$`);
}
