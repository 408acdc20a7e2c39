import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AlertFacts } from "#lib/alerts/rules-alert";
import {
  alertMessageSchema,
  type NamedRule,
  prepareMessage,
  renderMail,
  renderSlack,
  renderWebhook,
} from "#lib/alerts/rules-message";
import { fuzzRuns } from "#lib/testing/fuzz-runs";

const now = new Date("2026-05-20T12:00:00.000Z");
const rule = {
  id: "r1",
  sentence: "Tell ops when a pull fails",
  title: "A pull fails",
  kind: "protected-failure" as const,
};
const options = { origin: "https://console.example.com", now };
const fact = (more: Partial<AlertFacts> = {}): AlertFacts => ({
  text: "alice pushed",
  registry: "prod",
  repository: "team/api",
  since: now,
  ...more,
});

describe("a notice", () => {
  it("as a webhook has a type, a time and data", () => {
    expect(JSON.parse(renderWebhook(prepareMessage("firing", rule, [fact()], options)))).toEqual({
      type: "alert.firing",
      timestamp: "2026-05-20T12:00:00.000Z",
      data: {
        rule: { id: "r1", sentence: "Tell ops when a pull fails" },
        title: "A pull fails",
        total: 1,
        occurrences: [
          {
            text: "alice pushed",
            registry: "prod",
            repository: "team/api",
            since: "2026-05-20T12:00:00.000Z",
            url: "https://console.example.com/failures?registry=prod&repository=team%2Fapi",
          },
        ],
      },
    });
  });

  it("names twenty things and counts the rest", () => {
    const message = prepareMessage(
      "resolved",
      rule,
      Array.from({ length: 23 }, () => fact()),
      options,
    );
    expect(message.title).toBe("Over: A pull fails");
    expect(message.occurrences).toHaveLength(20);
    expect(JSON.parse(renderSlack(message)).text).toMatch(/and 3 more$/);
  });

  it("leads to the page that shows what it is about, and says when that is over", () => {
    const tell = (kind: NamedRule["kind"], when: "firing" | "resolved", more: Partial<AlertFacts> = {}) =>
      prepareMessage(when, { ...rule, kind }, [fact(more)], options).occurrences[0];
    const everywhere = { registry: null, repository: null, text: "73 pulls failed" };
    expect(tell("failure-rate", "firing", everywhere)).toMatchObject({
      text: "73 pulls failed",
      url: "https://console.example.com/failures",
    });
    expect(tell("failure-rate", "resolved", everywhere)).toMatchObject({
      text: "It was: 73 pulls failed",
      url: "https://console.example.com/failures?state=all",
    });
    expect(tell("new-cause", "firing", { repository: null })?.url).toMatch(/\/failures\?registry=prod$/);
    expect(tell("unusual-push", "firing")?.url).toMatch(/\/images\/prod\/team\/api$/);
    expect(tell("source-silent", "resolved", { repository: null })?.url).toMatch(
      /\/registries\/prod\?tab=sources$/,
    );
  });

  it("in Slack calls nobody and links nowhere", () => {
    const text = "<!channel> <https://evil.example|console> @here &amp;";
    const sent: string = JSON.parse(
      renderSlack(prepareMessage("firing", rule, [fact({ text })], options)),
    ).text;
    expect(sent).toContain("&lt;!channel&gt; &lt;https://evil.example|console&gt; @\u{200b}here &amp;amp;");
  });

  it("is one line for each text, whatever is in it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 500 }), (text) => {
        const message = prepareMessage("firing", { ...rule, title: text }, [fact({ text })], options);
        expect(alertMessageSchema.parse(JSON.parse(JSON.stringify(message)))).toEqual(message);
        const { subject, text: body } = renderMail(message);
        expect(subject).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(body.split("\n")).toHaveLength(6);
        expect(body.isWellFormed()).toBe(true);
      }),
      { numRuns: fuzzRuns(500, 500) },
    );
  });
});
