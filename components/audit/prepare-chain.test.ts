import { describe, expect, it } from "vitest";
import type { AuditChain } from "#lib/audit/schema";
import { describeBreak, describeLinks, describePlaces } from "@/components/audit/prepare-chain";

const chain = (more: Partial<AuditChain>): AuditChain => ({
  state: "whole",
  links: 12_402,
  verifiedThrough: 12_402,
  verifiedAt: "2026-03-01T12:00:00.000Z",
  lastCheckpointAt: "2026-03-01T12:00:00.000Z",
  checkpointPlaces: ["file", "log"],
  webhook: null,
  firstBreak: null,
  ...more,
});

describe("the chain in words", () => {
  it("counts what was checked", () => {
    expect(describeLinks(chain({}))).toBe("12,402 changes, linked without a gap");
    expect(describeLinks(chain({ verifiedThrough: 1 }))).toBe("One change, linked");
    expect(describeLinks(chain({ verifiedThrough: 0 }))).toBe("No change yet");
    expect(describeLinks(chain({ verifiedThrough: null }))).toBe("Linked without a gap");
  });

  it("names the places of checkpoints", () => {
    expect(describePlaces(chain({}))).toBe("a file and the log");
    expect(describePlaces(chain({ checkpointPlaces: ["file", "log", "webhook"] }))).toBe(
      "a file, the log and the webhook",
    );
    expect(
      describePlaces(
        chain({
          checkpointPlaces: ["file", "log", "webhook"],
          webhook: { deliveredAt: null, failingSince: "2026-03-01T12:00:00.000Z" },
        }),
      ),
    ).toBe("a file and the log");
    expect(describePlaces(chain({ checkpointPlaces: [] }))).toBe("");
  });

  it("says where it breaks and what holds before", () => {
    const firstBreak = { seq: 9_001, eventId: "9100", what: "It breaks." };
    expect(describeBreak(chain({ firstBreak, verifiedThrough: 9_000 }))).toBe(
      "It breaks. The 9,000 changes before agree.",
    );
    expect(describeBreak(chain({ firstBreak, verifiedThrough: 1 }))).toBe(
      "It breaks. The one change before agrees.",
    );
    expect(describeBreak(chain({ firstBreak, verifiedThrough: null }))).toBe("It breaks.");
    expect(describeBreak(chain({ firstBreak: { ...firstBreak, seq: null } }))).toBe("It breaks.");
  });
});
