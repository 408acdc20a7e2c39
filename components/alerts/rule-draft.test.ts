import { describe, expect, it } from "vitest";
import { type AlertRule, changeAlertRuleBody, createAlertRuleBody } from "#lib/alerts/schema";
import { emptyDraft, previewRule, toBody, toDraft } from "@/components/alerts/rule-draft";

const rule: AlertRule = {
  id: "r",
  sentence: "",
  condition: { kind: "failure-rate", moreThan: 5, minutes: 30, registry: "prod", pattern: "team/*" },
  channel: { kind: "webhook", name: "ops", target: "https://hooks.example.com/…", to: [] },
  coolDownMinutes: 15,
  enabled: true,
  firing: 0,
  lastDelivery: null,
  createdAt: "2026-05-20T12:00:00.000Z",
  createdBy: "mara",
};

describe("the form of a rule", () => {
  it("reads as a sentence while it is filled in", () => {
    expect(previewRule(emptyDraft)).toBe("Tell … when more than 50 pulls fail in 10 minutes");
    expect(previewRule({ ...emptyDraft, name: "ops", kind: "source-silent", registry: "prod" })).toBe(
      "Tell ops when a source of events in prod goes silent",
    );
  });

  it("makes a body that the API takes", () => {
    const typed = { ...emptyDraft, name: " ops ", url: "https://hooks.example.com/x " };
    expect(createAlertRuleBody.parse(toBody(typed))).toMatchObject({
      condition: { moreThan: 50, minutes: 10, registry: null, pattern: null },
      channel: { kind: "webhook", name: "ops", url: "https://hooks.example.com/x" },
      coolDownMinutes: 60,
    });
    const mail = {
      ...emptyDraft,
      channel: "email" as const,
      name: "team",
      to: "a@example.com; b@example.com,\n",
    };
    expect(createAlertRuleBody.parse(toBody(mail)).channel).toEqual({
      kind: "email",
      name: "team",
      to: ["a@example.com", "b@example.com"],
    });
  });

  it("changes nothing of a rule when nothing is typed", () => {
    const body = changeAlertRuleBody.parse(toBody(toDraft(rule)));
    expect(body).toEqual({
      condition: rule.condition,
      channel: { kind: "webhook", name: "ops", newSecret: false },
      coolDownMinutes: 15,
    });
    expect(changeAlertRuleBody.parse(toBody({ ...toDraft(rule), newSecret: true })).channel).toMatchObject({
      newSecret: true,
    });
  });
});
