export interface WrittenPrincipal {
  /** robot:ci */
  reference: string;
  description: string;
  owner: string | null;
  disabled: boolean;
}

export interface WrittenDocumentGrant {
  principal: string;
  registry: string;
  /** Null for the grant of the catalogue. */
  pattern: string | null;
  actions: readonly string[];
  until: string | null;
  reason: string;
}

export interface WrittenDocumentProtection {
  registry: string;
  pattern: string;
  pushers: readonly string[];
}

/** The document of grants as YAML, in one order whatever order the rows come in. */
export function formatGrantsDocument(state: {
  principals: readonly WrittenPrincipal[];
  grants: readonly WrittenDocumentGrant[];
  protections: readonly WrittenDocumentProtection[];
}): string {
  return [
    "version: 1",
    ...formatList("principals", state.principals.map(formatPrincipal)),
    ...formatList("grants", state.grants.map(formatGrant)),
    ...formatList("protections", state.protections.map(formatProtection)),
    "",
  ].join("\n");
}

function formatList(key: string, items: readonly string[][]): string[] {
  if (items.length === 0) return [`${key}: []`];
  const sorted = items.toSorted((a, b) => (a.join("\n") < b.join("\n") ? -1 : 1));
  return [
    `${key}:`,
    ...sorted.flatMap((lines) => lines.map((line, at) => `${at === 0 ? "  - " : "    "}${line}`)),
  ];
}

function formatPrincipal({ reference, description, owner, disabled }: WrittenPrincipal): string[] {
  return [
    `name: ${quote(reference)}`,
    ...(description === "" ? [] : [`description: ${quote(description)}`]),
    ...(owner === null ? [] : [`owner: ${quote(owner)}`]),
    ...(disabled ? ["disabled: true"] : []),
  ];
}

function formatGrant({
  principal,
  registry,
  pattern,
  actions,
  until,
  reason,
}: WrittenDocumentGrant): string[] {
  const what =
    pattern === null ? ["catalog: true"] : [`pattern: ${quote(pattern)}`, `actions: [${actions.join(", ")}]`];
  return [
    `registry: ${quote(registry)}`,
    `principal: ${quote(principal)}`,
    ...what,
    ...(until === null ? [] : [`until: ${until}`]),
    ...(reason === "" ? [] : [`reason: ${quote(reason)}`]),
  ];
}

function formatProtection({ registry, pattern, pushers }: WrittenDocumentProtection): string[] {
  const names = pushers.toSorted().map(quote).join(", ");
  return [`registry: ${quote(registry)}`, `pattern: ${quote(pattern)}`, `pushers: [${names}]`];
}

const plain = /^[A-Za-z][A-Za-z0-9._/@+-]*(?::[A-Za-z0-9][A-Za-z0-9._/@+-]*)?$/;
const words = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/** Plain where every reader of YAML sees the same text; else in double quotes, where JSON and YAML agree. */
function quote(text: string): string {
  if (plain.test(text) && !words.test(text)) return text;
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u00ad\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
