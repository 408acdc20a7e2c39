import { describe, expect, it } from "vitest";
import type { RepositoryPart } from "#lib/inventory/crawl-repository";
import { CrawlWriter } from "#lib/inventory/crawl-writer";

function partOf(name: string): RepositoryPart {
  return { name, tags: [], manifests: [], configs: [], tagsRead: 0, end: null };
}

/** Every part is a group and a batch of its own; what is prepared ends when it is told to. */
function openWriter() {
  const written: string[] = [];
  const failures: unknown[] = [];
  const preparing = new Map<string, { done: () => void; fail: (error: Error) => void }>();
  const writer = new CrawlWriter(
    {
      prepare: ([part]) =>
        new Promise((resolve, reject) =>
          preparing.set(part?.name ?? "", { done: () => resolve(), fail: reject }),
        ),
      commit: async (parts) => {
        written.push(parts.map((part) => part.name).join(" "));
      },
      onFailure: (error) => failures.push(error),
    },
    { groupRows: 1, batchRows: 1 },
  );
  return { writer, written, failures, preparing };
}

describe("CrawlWriter", () => {
  it("writes parts in the order they came in, whichever was ready first", async () => {
    const { writer, written, preparing } = openWriter();
    for (const name of ["a", "b", "c"]) await writer.write(partOf(name));
    preparing.get("c")?.done();
    preparing.get("b")?.done();
    const finished = writer.finish();
    expect(written).toEqual([]);
    preparing.get("a")?.done();
    await finished;
    expect(written.join(" ")).toBe("a b c");
  });

  it("writes nothing behind a part that could not be made ready, and says why", async () => {
    const { writer, written, failures, preparing } = openWriter();
    for (const name of ["a", "b", "c"]) await writer.write(partOf(name));
    preparing.get("a")?.done();
    preparing.get("c")?.done();
    preparing.get("b")?.fail(new Error("no way to the database"));
    await expect(writer.finish()).rejects.toThrow("no way to the database");
    await expect(writer.write(partOf("d"))).rejects.toThrow("no way to the database");
    await writer.settle();
    expect(written).toEqual(["a"]);
    expect(failures).toHaveLength(1);
  });
});
