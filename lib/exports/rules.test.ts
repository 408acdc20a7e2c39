import { describe, expect, it } from "vitest";
import { formatCsvLine } from "#lib/exports/rules";

describe("CSV lines", () => {
  it("X3: text that a spreadsheet would run is prefixed", () => {
    for (const start of ["=", "+", "-", "@", "\t", "\r", " =", "\n="])
      expect(formatCsvLine([`${start}cmd()`])).toMatch(/^"?'/);
  });

  it("leaves numbers, unknown values and plain names as they are", () => {
    expect(formatCsvLine(["team/api", 12, -3, true, null])).toBe("team/api,12,-3,true,\r\n");
  });

  it("quotes what would break the line", () => {
    expect(formatCsvLine(['a,"b"', "two\nlines"])).toBe('"a,""b""","two\nlines"\r\n');
  });
});
