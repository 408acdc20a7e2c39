import { describe, expect, it } from "vitest";
import { prepareDocumentProblems } from "@/components/access/prepare-document-problems";

describe("mistakes in a document", () => {
  it("are told by line, in the order of the document", () => {
    expect(
      prepareDocumentProblems({
        fields: [
          { field: "document", message: "Line 12: There is no registry called prod." },
          { field: "document", message: "Line 3: A name has 1 to 64 letters." },
          { field: "document", message: "This is too long." },
        ],
      }),
    ).toEqual([
      { line: null, text: "This is too long." },
      { line: 3, text: "A name has 1 to 64 letters." },
      { line: 12, text: "There is no registry called prod." },
    ]);
  });
});
