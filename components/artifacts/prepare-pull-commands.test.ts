import { expect, it } from "vitest";
import { preparePullCommands } from "@/components/artifacts/prepare-pull-commands";

const digest = `sha256:${"ab".repeat(32)}`;
const image = { kind: "image", host: "localhost:5000", repository: "team/api", tag: "v1.4", digest } as const;

it("offers every tool for an image, by tag and by digest", () => {
  const commands = preparePullCommands(image);
  expect(commands.byTag).toEqual([
    { tool: "docker", command: "docker pull localhost:5000/team/api:v1.4" },
    { tool: "podman", command: "podman pull localhost:5000/team/api:v1.4" },
    { tool: "skopeo", command: "skopeo copy docker://localhost:5000/team/api:v1.4 oci:api" },
    { tool: "crane", command: "crane pull localhost:5000/team/api:v1.4 api.tar" },
    { tool: "kubectl", command: "kubectl run api --image=localhost:5000/team/api:v1.4" },
  ]);
  expect(commands.byDigest[0]?.command).toBe(`docker pull localhost:5000/team/api@${digest}`);
  expect(commands.note).toBeNull();
});

it("offers helm for a chart, and neither docker nor podman", () => {
  const commands = preparePullCommands({ ...image, kind: "helm-chart", tag: "1.2.0_build.7" });
  expect(commands.byTag[0]).toEqual({
    tool: "helm",
    command: "helm pull oci://localhost:5000/team/api --version 1.2.0+build.7",
  });
  expect(commands.byDigest[0]?.command).toBe(`helm pull oci://localhost:5000/team/api@${digest}`);
  const tools = [...commands.byTag, ...commands.byDigest].map((entry) => entry.tool);
  expect(tools).not.toContain("docker");
  expect(tools).not.toContain("podman");
  expect(commands.note).toContain("Helm chart");
});

it("offers what can fetch any artifact for the rest", () => {
  const commands = preparePullCommands({ ...image, kind: "sbom", tag: null });
  expect(commands.byTag).toEqual([]);
  expect(commands.byDigest.map((entry) => entry.tool)).toEqual(["oras", "skopeo", "crane"]);
});

it("X1: a host that the shell would read is quoted", () => {
  const commands = preparePullCommands({ ...image, host: "[::1]:5000" });
  expect(commands.byTag[0]?.command).toBe("docker pull '[::1]:5000/team/api:v1.4'");
  const hostile = preparePullCommands({ ...image, host: "x';rm -rf ~;'" });
  expect(hostile.byTag[0]?.command).toBe("docker pull 'x'\\'';rm -rf ~;'\\''/team/api:v1.4'");
});

it("gives kubectl a name that it takes", () => {
  const commands = preparePullCommands({ ...image, repository: "team/my_api__v2.x" });
  expect(commands.byTag.at(-1)?.command).toContain("kubectl run my-api-v2-x ");
});
