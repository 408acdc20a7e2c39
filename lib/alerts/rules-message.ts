import { z } from "zod";
import type { AlertFacts } from "#lib/alerts/rules-alert";
import { type Condition, type DeliveryKind, deliveryKinds } from "#lib/alerts/schema";
import { showText } from "#lib/alerts/show-text";

const mostTold = 20;

/** What a notice says, as it is kept until it is sent. */
export const alertMessageSchema = z.strictObject({
  kind: z.enum(deliveryKinds),
  at: z.string(),
  ruleId: z.string(),
  /** The rule as a sentence. */
  rule: z.string(),
  title: z.string(),
  /** Of how many things it tells; only the first are named. */
  total: z.number(),
  occurrences: z.array(
    z.strictObject({
      text: z.string(),
      registry: z.string().nullable(),
      repository: z.string().nullable(),
      since: z.string(),
      url: z.string(),
    }),
  ),
});
export type AlertMessage = z.infer<typeof alertMessageSchema>;

export interface NamedRule {
  id: string;
  sentence: string;
  title: string;
  kind: Condition["kind"];
}

export function prepareMessage(
  kind: DeliveryKind,
  rule: NamedRule,
  facts: readonly AlertFacts[],
  { origin, now }: { origin: string; now: Date },
): AlertMessage {
  const prefix = { firing: "", resolved: "Over: ", test: "A test: " }[kind];
  return {
    kind,
    at: now.toISOString(),
    ruleId: rule.id,
    rule: showText(rule.sentence),
    title: showText(`${prefix}${rule.title}`),
    total: facts.length,
    occurrences: facts.slice(0, mostTold).map(({ text, registry, repository, since }) => ({
      text: showText(kind === "resolved" ? `It was: ${text}` : text),
      registry,
      repository,
      since: since.toISOString(),
      url: origin + pathOf(rule.kind, { registry, repository }, kind === "resolved"),
    })),
  };
}

interface Place {
  registry: string | null;
  repository: string | null;
}

/** The page that shows what a rule of this kind is about, also when it is over. */
function pathOf(kind: Condition["kind"], { registry, repository }: Place, isOver: boolean): string {
  if (kind === "source-silent")
    return registry === null ? "/registries" : `/registries/${registry}?tab=sources`;
  if (kind === "unusual-push" && registry !== null && repository !== null)
    return `/images/${registry}/${repository.split("/").map(encodeURIComponent).join("/")}`;
  const query = new URLSearchParams();
  if (registry !== null) query.set("registry", registry);
  if (repository !== null) query.set("repository", repository);
  if (isOver) query.set("state", "all");
  return `/failures${query.size > 0 ? `?${query}` : ""}`;
}

/** The body of a signed webhook: type, timestamp and data, as Standard Webhooks advises. */
export function renderWebhook({ kind, at, ruleId, rule, title, total, occurrences }: AlertMessage): string {
  return JSON.stringify({
    type: `alert.${kind}`,
    timestamp: at,
    data: { rule: { id: ruleId, sentence: rule }, title, total, occurrences },
  });
}

/** What Slack and whatever is compatible with it take. */
export function renderSlack(message: AlertMessage): string {
  return JSON.stringify({ text: listLines(message, escapeSlack).join("\n") });
}

export function renderMail(message: AlertMessage): { subject: string; text: string } {
  const lines = listLines(message, (text) => text);
  return {
    subject: `[Wharfinger] ${message.title}`,
    text: `${lines.join("\n")}\n\nRule: ${message.rule}.\n`,
  };
}

function listLines(message: AlertMessage, write: (text: string) => string): string[] {
  const { kind, title, total, occurrences } = message;
  if (kind === "test")
    return [write(title), "Nothing happened: somebody asked for this to see whether it arrives."];
  const more = total - occurrences.length;
  return [
    write(title),
    ...occurrences.map(({ text, url }) => `• ${write(text)}\n  ${write(url)}`),
    ...(more > 0 ? [`• and ${more} more`] : []),
  ];
}

/** The three characters that Slack asks for, and mentions of everybody cut in two. */
function escapeSlack(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("@", "@\u{200b}");
}
