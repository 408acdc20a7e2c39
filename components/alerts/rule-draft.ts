import { formatRule } from "#lib/alerts/format-rule";
import type { AlertRule, ChannelKind, Condition, ConditionKind } from "#lib/alerts/schema";

/** The form of a rule as it is typed. */
export interface RuleDraft {
  kind: ConditionKind;
  moreThan: string;
  minutes: string;
  registry: string;
  pattern: string;
  channel: ChannelKind;
  name: string;
  url: string;
  to: string;
  coolDown: string;
  newSecret: boolean;
}

export const emptyDraft: RuleDraft = {
  kind: "failure-rate",
  moreThan: "50",
  minutes: "10",
  registry: "",
  pattern: "",
  channel: "webhook",
  name: "",
  url: "",
  to: "",
  coolDown: "60",
  newSecret: false,
};

/** A rule that is there, to be changed. Its address is not known and stays unless another one is typed. */
export function toDraft({ condition, channel, coolDownMinutes }: AlertRule): RuleDraft {
  const rate = condition.kind === "failure-rate" ? condition : null;
  return {
    ...emptyDraft,
    kind: condition.kind,
    moreThan: rate ? String(rate.moreThan) : emptyDraft.moreThan,
    minutes: rate ? String(rate.minutes) : emptyDraft.minutes,
    registry: condition.registry ?? "",
    pattern: rate?.pattern ?? "",
    channel: channel.kind,
    name: channel.name,
    to: channel.to.join(", "),
    coolDown: String(coolDownMinutes),
  };
}

export function toCondition(draft: RuleDraft): Condition {
  const registry = draft.registry || null;
  if (draft.kind !== "failure-rate") return { kind: draft.kind, registry };
  return {
    kind: draft.kind,
    moreThan: toNumber(draft.moreThan),
    minutes: toNumber(draft.minutes),
    registry,
    pattern: draft.pattern.trim() || null,
  };
}

/** What the API takes for a new rule and for a changed one. */
export function toBody(draft: RuleDraft) {
  const { channel: kind, url, to, newSecret } = draft;
  const name = draft.name.trim();
  const address = url.trim() === "" ? {} : { url: url.trim() };
  const recipients = to
    .split(/[\s,;]+/)
    .map((one) => one.trim())
    .filter(Boolean);
  const channel =
    kind === "email"
      ? { kind, name, to: recipients }
      : { kind, name, ...address, ...(kind === "webhook" && newSecret ? { newSecret } : {}) };
  return { condition: toCondition(draft), channel, coolDownMinutes: toNumber(draft.coolDown) };
}

/** The sentence as it reads so far. */
export function previewRule(draft: RuleDraft): string {
  return formatRule(draft.name.trim() || "…", toCondition(draft));
}

function toNumber(text: string): number {
  return text.trim() === "" ? 0 : Number(text);
}
