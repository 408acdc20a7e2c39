import fc from "fast-check";
import { expect, it } from "vitest";
import { readSearch, scoreName, splitNameAndTag } from "#lib/search/rules";

it("a text is read as a digest, a reference or a part of a name", () => {
  const read = (text: string) => readSearch(text).readAs;
  expect(
    [" ", "sha256:ab", "ABCDEF1", "abcde", "team/api:v1", "localhost:5000/a", "api@sha256:1"].map(read),
  ).toEqual(["empty", "digest", "digest", "text", "reference", "reference", "reference"]);
  expect(readSearch("deadbeef")).toMatchObject({
    from: "sha256:deadbeef",
    to: "sha256:deadbeefg",
    alsoText: true,
  });
});

it("a better match never scores worse", () => {
  const scores = ["team/api", "x/team/api", "team/api-2", "x/team/api2", "my-team/api"].map((name) =>
    scoreName(name, "team/api"),
  );
  expect(scores).toEqual(scores.toSorted());
  expect(scoreName("other", "team/api")).toBe(5);
});

it("a colon parts name and tag only after the last slash", () => {
  expect(splitNameAndTag("localhost:5000/team/api:v1")).toEqual({
    name: "localhost:5000/team/api",
    tag: "v1",
  });
  expect(splitNameAndTag("localhost:5000/team")).toBeNull();
  fc.assert(fc.property(fc.string(), (text) => void splitNameAndTag(text)));
});
