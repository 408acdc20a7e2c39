import { buildBaseSteps, getBase } from "./bases.ts";
import type { Artifact } from "./content.ts";
import { type BuildFacts, buildAttestation } from "./evidence.ts";
import {
  amd64,
  arm64,
  type BuildStep,
  buildImage,
  buildIndex,
  type Platform,
  type RuntimeConfig,
} from "./image.ts";
import { buildLayer, type Layer, type LayerFormat } from "./layer.ts";
import { seededBytes, seededHex, seededNumber } from "./seeded.ts";
import type { ServiceDefinition } from "./services.ts";

const kib = 1024;
const firstBuild = Date.UTC(2025, 7, 4, 9, 0);
const dayMs = 24 * 60 * 60 * 1000;

/** One build of a service's main branch. */
export interface ServiceBuild {
  service: ServiceDefinition;
  number: number;
  /** What it became later, or the version it is on the way to. */
  version: string;
  /** A branch of its own, for builds of pull requests. */
  branch: string;
}

export function commitOf(build: ServiceBuild): string {
  return seededHex(`${nameOf(build.service)} ${build.branch} ${build.number}`, 40);
}

export function factsOf(build: ServiceBuild): BuildFacts {
  return {
    name: nameOf(build.service),
    version: build.version,
    commit: commitOf(build),
    builtAt: builtAt(build),
    packages: build.service.packages,
  };
}

/** The index of a build, with attestations when it may be released. */
export async function buildService(build: ServiceBuild, isCandidate: boolean): Promise<Artifact> {
  const platforms = build.service.arm ? [amd64, arm64] : [amd64];
  const images = [];
  for (const platform of platforms) {
    const image = await buildServiceImage(build, platform);
    const attestation = isCandidate ? buildAttestation(image, factsOf(build)) : undefined;
    images.push({ platform, image, attestation });
  }
  return buildIndex({ images, annotations: annotationsOf(build) });
}

export async function buildServiceImage(
  build: ServiceBuild,
  platform: Platform,
  format: LayerFormat = "oci-gzip",
): Promise<Artifact> {
  const { service } = build;
  const name = nameOf(service);
  const at = builtAt(build);
  const base = getBase(service.base);
  // Teams move to a new base now and then, each at its own time.
  const baseIndex = Math.floor((build.number + seededNumber(name, 0, 3)) / 6);
  const baseVersion = base.versions[Math.min(baseIndex, base.versions.length - 1)] ?? "";
  const inherited = await buildBaseSteps(service.base, baseVersion, platform, format);
  const user = "app";
  const config: RuntimeConfig = {
    ...base.config,
    User: user,
    ExposedPorts: { [`${service.port}/tcp`]: {} },
    Env: [...(base.config.Env ?? []), `APP_VERSION=${build.version}`, `PORT=${service.port}`],
    Entrypoint: [`/app/${service.name}`],
    Cmd: ["serve"],
    WorkingDir: "/app",
    Labels: annotationsOf(build),
  };
  const steps: BuildStep[] = [
    ...inherited,
    { createdBy: "WORKDIR /app", at },
    {
      createdBy: "COPY dependencies.lock ./ # buildkit",
      layer: await buildDependencies(service, Math.floor(build.number / 4), platform, format),
      at,
    },
    {
      createdBy: "COPY --chown=app . . # buildkit",
      layer: await buildApplication(build, platform, format),
      at,
    },
    { createdBy: `USER ${user}`, at },
    { createdBy: `EXPOSE map[${service.port}/tcp:{}]`, at },
    { createdBy: `ENTRYPOINT ["/app/${service.name}"]`, at },
    { createdBy: 'CMD ["serve"]', at },
  ];
  return buildImage({ platform, steps, config });
}

const dependencyLayers = new Map<string, Promise<Layer>>();

// Dependencies change with every fourth build, so neighbours share this layer.
function buildDependencies(
  service: ServiceDefinition,
  revision: number,
  platform: Platform,
  format: LayerFormat,
): Promise<Layer> {
  const key = `${nameOf(service)} dependencies ${revision} ${platform.architecture} ${format}`;
  const known = dependencyLayers.get(key);
  if (known) return known;
  const size = seededNumber(nameOf(service), 120, 420) * kib;
  const layer = buildLayer(
    [
      { path: "app/dependencies.lock", content: `${service.packages.join("\n")}\nrevision ${revision}\n` },
      { path: "app/vendor/bundle", content: seededBytes(key, size) },
    ],
    new Date(firstBuild + revision * 20 * dayMs),
    format,
  );
  dependencyLayers.set(key, layer);
  return layer;
}

function buildApplication(build: ServiceBuild, platform: Platform, format: LayerFormat): Promise<Layer> {
  const seed = `${nameOf(build.service)} ${build.branch} ${build.number} ${platform.architecture}`;
  const size = seededNumber(nameOf(build.service), 8, 48) * kib + build.number * 512;
  return buildLayer(
    [
      { path: `app/${build.service.name}`, content: seededBytes(seed, size), mode: 0o755, uid: 1000 },
      {
        path: "app/config/default.json",
        content: `${JSON.stringify({ port: build.service.port }, null, 2)}\n`,
        uid: 1000,
      },
      { path: "app/REVISION", content: `${commitOf(build)}\n`, uid: 1000 },
    ],
    builtAt(build),
    format,
  );
}

function annotationsOf(build: ServiceBuild): Record<string, string> {
  const name = nameOf(build.service);
  return {
    "org.opencontainers.image.created": builtAt(build).toISOString(),
    "org.opencontainers.image.revision": commitOf(build),
    "org.opencontainers.image.source": `https://git.example.com/${name}`,
    "org.opencontainers.image.title": name,
    "org.opencontainers.image.vendor": "Example Ltd",
    "org.opencontainers.image.version": build.version,
  };
}

export function nameOf(service: ServiceDefinition): string {
  return `${service.team}/${service.name}`;
}

function builtAt(build: ServiceBuild): Date {
  const seed = `${nameOf(build.service)} ${build.branch} ${build.number}`;
  return new Date(firstBuild + build.number * 14 * dayMs + seededNumber(seed, 0, 30_000) * 1_000);
}
