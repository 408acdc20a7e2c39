import { describe, expect, it } from "vitest";
import { escapeText } from "@/components/ui/escape-text";

describe("hostile text", () => {
  it("X4: line breaks, escapes and bidi marks are written out", () => {
    expect(escapeText("a\r\nb\u001b[31m\u202egpj.exe\u2066\u200b")).toBe(
      "a\\u{d}\\u{a}b\\u{1b}[31m\\u{202e}gpj.exe\\u{2066}\\u{200b}",
    );
  });

  it("X4: halves of surrogate pairs are written out, whole ones stay", () => {
    expect(escapeText("\ud83d x 🚢")).toBe("\\u{d83d} x 🚢");
  });

  it("X1: markup stays text", () => {
    expect(escapeText("<script>alert(1)</script>")).toBe("<script>alert(1)</script>");
  });
});
