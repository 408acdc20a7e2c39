import { describe, expect, it } from "vitest";
import { createTrustRuleBody } from "#lib/principals/schema";
import { hasPlaceholder, prepareTrustRecipe, trustPresets } from "@/components/access/prepare-trust-presets";

describe("presets of trust rules", () => {
  it("are bodies that the API takes, once their placeholders are filled", () => {
    for (const { issuer, subjectPattern, key } of trustPresets.filter((preset) => preset.key !== "other")) {
      expect(hasPlaceholder(subjectPattern), key).toBe(true);
      const filled = subjectPattern.replace(/<[a-z-]+>/g, "x");
      expect(hasPlaceholder(filled)).toBe(false);
      expect(createTrustRuleBody.safeParse({ issuer, audience: "a", subjectPattern: filled }).success).toBe(
        true,
      );
    }
  });

  it("say how each issuer's job signs in with the audience of the rule", () => {
    for (const { issuer, key } of trustPresets) {
      const recipe = prepareTrustRecipe({
        issuer,
        audience: "https://console",
        host: "reg.example",
        username: "ci",
      });
      expect(recipe.key).toBe(key);
      expect(recipe.text).toContain("docker login reg.example --username ci --password-stdin");
    }
  });
});
