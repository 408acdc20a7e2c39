import { expect, it } from "vitest";
import { prepareBuildStep } from "@/components/artifacts/prepare-build-step";

it("reads the dialects in which builders write their history", () => {
  const cases: [string, string, string | null][] = [
    ["/bin/sh -c #(nop) ADD file:9a0b in / ", "ADD file:9a0b in /", "ADD"],
    ['/bin/sh -c #(nop)  CMD ["sh"]', 'CMD ["sh"]', "CMD"],
    [
      "/bin/sh -c apt-get update &&     apt-get install -y tini",
      "RUN apt-get update && apt-get install -y tini",
      "RUN",
    ],
    ["RUN /bin/sh -c npm ci --omit=dev # buildkit", "RUN npm ci --omit=dev", "RUN"],
    ["RUN |2 A=1 B=two /bin/sh -c make # buildkit", "RUN make", "RUN"],
    ["|1 A=1 /bin/sh -c make", "RUN make", "RUN"],
    ["COPY dist ./dist # buildkit", "COPY dist ./dist", "COPY"],
    ["WORKDIR /app", "WORKDIR /app", "WORKDIR"],
    ["bazel build //:image", "bazel build //:image", null],
    ["RUN make", "RUN make", "RUN"],
    ["EXPOSE map[8080/tcp:{} 9090/tcp:{}]", "EXPOSE 8080/tcp 9090/tcp", "EXPOSE"],
    ["RUNNER", "RUNNER", null],
  ];
  for (const [line, text, instruction] of cases) {
    expect(prepareBuildStep(line), line).toEqual({ text, instruction, whole: line });
  }
});

it("has nothing to say about a step that was not recorded", () => {
  expect(prepareBuildStep(null)).toBeNull();
  expect(prepareBuildStep("  ")).toBeNull();
});

it("X5: stays quick on a long hostile line", () => {
  const line = `|1 ${"A=1 ".repeat(50_000)}`;
  const before = performance.now();
  prepareBuildStep(line);
  expect(performance.now() - before).toBeLessThan(2_000);
});
