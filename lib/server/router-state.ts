export const routerStateHeader = "next-router-state-tree";

/**
 * Whether Next can read a router state header: it answers 500 to one that it cannot. A nested list of segment,
 * children by name, and up to four small values.
 */
export function isRouterState(header: string): boolean {
  if (header.length > 40_000) return false;
  try {
    return isNode(JSON.parse(decodeURIComponent(header)), 0);
  } catch {
    return false;
  }
}

function isNode(value: unknown, depth: number): boolean {
  if (!Array.isArray(value) || value.length < 2 || value.length > 6 || depth > 100) return false;
  const [segment, children, address, marker, hints, rest] = value;
  return (
    isSegment(segment) &&
    typeof children === "object" &&
    children !== null &&
    !Array.isArray(children) &&
    Object.values(children).every((child) => isNode(child, depth + 1)) &&
    (address == null || (isTexts(address) && address.length === 2)) &&
    (marker == null ||
      marker === "refetch" ||
      marker === "inside-shared-layout" ||
      marker === "metadata-only") &&
    (hints == null || typeof hints === "number") &&
    (rest === undefined || typeof rest === "string")
  );
}

const parameterKinds = /^(?:c|oc|d|[cd]i(?:\(\.\)|\(\.\.\)|\(\.\.\)\(\.\.\)|\(\.\.\.\)))$/;

/** A name, or a parameter: name, value, kind, and the siblings that it stands beside. */
function isSegment(value: unknown): boolean {
  if (typeof value === "string") return true;
  if (!Array.isArray(value) || value.length !== 4) return false;
  const [name, text, kind, siblings] = value;
  return isTexts([name, text, kind]) && parameterKinds.test(kind) && (siblings === null || isTexts(siblings));
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}
