import { baseDefinitions, buildBaseIndex, buildBaseSteps, getBase } from "./bases.ts";
import { type Artifact, descriptorOf } from "./content.ts";
import { buildSbom, buildSignature, buildTaggedSignature } from "./evidence.ts";
import { amd64, arm64, buildImage, buildIndex } from "./image.ts";
import { buildLayer } from "./layer.ts";
import { buildChart, buildFileArtifact } from "./other-artifacts.ts";
import { seededBytes } from "./seeded.ts";
import {
  buildService,
  buildServiceImage,
  commitOf,
  factsOf,
  nameOf,
  type ServiceBuild,
} from "./service-builds.ts";
import { type ServiceDefinition, services } from "./services.ts";

/** One thing that happens to the registry. */
export type Step =
  | {
      kind: "push";
      repository: string;
      tags: string[] | (() => Promise<string[]>);
      build(): Promise<Artifact>;
    }
  | { kind: "refer"; repository: string; build(): Promise<Artifact[]> }
  | { kind: "delete"; repository: string; build(): Promise<Artifact> };

/** Steps that must happen one after the other; lanes of one stage may run beside each other. */
export interface Lane {
  name: string;
  steps: Step[];
}

/** The whole history of the sample fleet, the same every time: stages in order, each of lanes. */
export function planFleet(): Lane[][] {
  return [
    baseDefinitions.map((base) => planBase(base.repository, base.versions)),
    [...services.map(planService), ...planCharts(), planMirror(), planPolicies(), planEdgeTools()],
  ];
}

function planBase(repository: string, versions: string[]): Lane {
  const steps = versions.map((version): Step => {
    const [major, minor] = version.split(".");
    const tags = [...new Set([version, `${major}.${minor}`, major ?? version, "latest"])];
    return {
      kind: "push",
      repository,
      tags,
      build: () => buildBaseIndex(repository, version, [amd64, arm64]),
    };
  });
  return { name: repository, steps };
}

function planService(service: ServiceDefinition): Lane {
  const name = nameOf(service);
  const [dev, staging, prod] = ["dev", "staging", "prod"].map((stage) => `${stage}/${name}`);
  if (!dev || !staging || !prod) return { name, steps: [] };
  const steps: Step[] = [];
  const push = (repository: string, tags: string[], build: () => Promise<Artifact>) =>
    steps.push({ kind: "push", repository, tags, build });

  let number = 0;
  let lastRelease: (() => Promise<Artifact>) | null = null;
  service.releases.forEach((version, releaseIndex) => {
    // Two builds of main on the way; every other one is pushed without a tag of its own and soon has none.
    for (const isKept of [true, releaseIndex % 2 === 0]) {
      const build: ServiceBuild = { service, number: number++, version: `${version}-dev`, branch: "main" };
      const tags = isKept ? [`sha-${commitOf(build).slice(0, 7)}`, "main"] : ["main"];
      push(
        dev,
        tags,
        once(() => buildService(build, false)),
      );
    }
    if (releaseIndex >= service.releases.length - 3) planPullRequest(service, releaseIndex, dev, steps);

    const candidate: ServiceBuild = { service, number: number++, version, branch: "main" };
    const build = once(() => buildService(candidate, true));
    const commitTag = `sha-${commitOf(candidate).slice(0, 7)}`;
    push(dev, [commitTag, "main"], build);
    push(staging, [`v${version}-rc.1`, commitTag, "rc"], build);
    const [major, minor] = version.split(".");
    push(prod, [`v${version}`, `v${major}.${minor}`, `v${major}`, "latest"], build);
    push(staging, [`v${version}`], build);
    if (releaseIndex >= service.releases.length - 2) {
      steps.push({ kind: "refer", repository: prod, build: () => buildEvidence(candidate, build) });
    }
    if (releaseIndex === 0) planTaggedSignature(prod, build, steps);
    // What is called stable stays one release behind.
    if (lastRelease) push(prod, ["stable"], lastRelease);
    lastRelease = build;
  });
  return { name, steps };
}

// Builds of pull requests are single images; the first of them is deleted again.
function planPullRequest(
  service: ServiceDefinition,
  releaseIndex: number,
  repository: string,
  steps: Step[],
): void {
  const pull = 100 + releaseIndex * 17 + service.name.length;
  const number = releaseIndex * 3 + 1;
  const build: ServiceBuild = { service, number, version: `0.0.0-pr.${pull}`, branch: `pr-${pull}` };
  const image = once(() => buildServiceImage(build, amd64));
  steps.push({ kind: "push", repository, tags: [`pr-${pull}`], build: image });
  if (releaseIndex === service.releases.length - 3) steps.push({ kind: "delete", repository, build: image });
}

async function buildEvidence(build: ServiceBuild, index: () => Promise<Artifact>): Promise<Artifact[]> {
  const artifact = await index();
  const facts = factsOf(build);
  const images = artifact.children.filter((child) => child.blobs.length > 3);
  return [
    buildSignature(descriptorOf(artifact), facts.builtAt),
    ...images.map((image) => buildSbom(descriptorOf(image), facts)),
  ];
}

// The tag is made of the digest that it signs, so it is known only once that is built.
function planTaggedSignature(repository: string, build: () => Promise<Artifact>, steps: Step[]): void {
  const signature = async () => buildTaggedSignature(descriptorOf(await build()), repository);
  steps.push({
    kind: "push",
    repository,
    tags: async () => [(await signature()).tag],
    build: async () => (await signature()).artifact,
  });
}

function planCharts(): Lane[] {
  const charts = ["storefront", "payments-api", "gateway", "query"];
  return charts.map((name, index) => {
    const repository = `charts/${name}`;
    const steps = ["0.1.0", "0.2.0", "0.2.1", "1.0.0", "1.1.0"]
      .slice(index % 2)
      .map((version, step): Step => {
        const at = new Date(Date.UTC(2025, 8 + step, 2 + index, 13));
        const image = `localhost/prod/${name.replace("-", "/")}`;
        const build = () => buildChart({ name, version, appVersion: `v1.${step}.0`, image, at });
        return { kind: "push", repository, tags: [version], build };
      });
    return { name: repository, steps };
  });
}

// Images of others, kept in Docker's own format as they were pulled.
function planMirror(): Lane {
  const mirrored: [string, string[], string, string][] = [
    ["redis", ["7.2.8", "7.4.3", "8.0.2"], "base/debian", "redis-server"],
    ["postgres", ["16.9", "17.5"], "base/debian", "postgres"],
    ["memcached", ["1.6.38"], "base/alpine", "memcached"],
  ];
  const steps = mirrored.flatMap(([name, versions, base, program]) =>
    versions.map((version): Step => {
      const [major] = version.split(".");
      const tags = [version, major ?? version, "latest"];
      const build = () => buildMirrored(name, version, base, program);
      return { kind: "push", repository: `mirror/library/${name}`, tags, build };
    }),
  );
  return { name: "mirror", steps };
}

async function buildMirrored(
  name: string,
  version: string,
  base: string,
  program: string,
): Promise<Artifact> {
  const images = [];
  for (const platform of [amd64, arm64]) {
    const baseVersion = getBase(base).versions[0] ?? "";
    const inherited = await buildBaseSteps(base, baseVersion, platform, "docker-gzip");
    const at = new Date(Date.UTC(2025, 9, 9, 8));
    const content = seededBytes(`${name} ${version} ${platform.architecture}`, 600 * 1024);
    const layer = await buildLayer(
      [{ path: `usr/local/bin/${program}`, content, mode: 0o755 }],
      at,
      "docker-gzip",
    );
    const steps = [
      ...inherited,
      { createdBy: `RUN /bin/sh -c set -eux; install ${program} ${version} # buildkit`, layer, at },
      { createdBy: `CMD ["${program}"]`, at },
    ];
    const config = { ...getBase(base).config, Cmd: [program], Labels: { version } };
    images.push({ platform, image: buildImage({ platform, steps, config, format: "docker" }) });
  }
  return buildIndex({ images, format: "docker" });
}

function planPolicies(): Lane {
  const steps = [1, 2, 3, 4].map((revision): Step => {
    const content = `package admission\n\ndefault allow := false\n\n# revision ${revision}\nallow if input.signed\n`;
    const build = async () =>
      buildFileArtifact({
        artifactType: "application/vnd.example.policy.bundle.v1",
        files: [
          { name: "admission.rego", mediaType: "application/vnd.example.policy.layer.v1+rego", content },
        ],
        at: new Date(Date.UTC(2025, 7 + revision, 1)),
      });
    return { kind: "push", repository: "policies/admission", tags: [`r${revision}`, "current"], build };
  });
  return { name: "policies", steps };
}

// Layers in zstd and a path of many segments.
function planEdgeTools(): Lane {
  const service: ServiceDefinition = {
    team: "platform",
    name: "edge-agent",
    base: "base/go-runtime",
    port: 9100,
    arm: false,
    packages: ["github.com/prometheus/client_golang@1.22.0"],
    releases: [],
  };
  const repository = "platform/tools/internal/cli/edge-agent";
  const steps = [1, 2, 3].map((number): Step => {
    const build: ServiceBuild = { service, number, version: `0.${number}.0-nightly`, branch: "nightly" };
    const tags = [`nightly-2025100${number}`, "nightly"];
    return { kind: "push", repository, tags, build: () => buildServiceImage(build, amd64, "oci-zstd") };
  });
  return { name: repository, steps };
}

// Steps of one lane share what they push; nothing is built before it is needed.
function once<T>(build: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | null = null;
  return () => {
    result ??= build();
    return result;
  };
}
