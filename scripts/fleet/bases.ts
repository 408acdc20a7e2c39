import type { Artifact } from "./content.ts";
import { type BuildStep, buildImage, buildIndex, type Platform, type RuntimeConfig } from "./image.ts";
import { buildLayer, type Layer, type LayerEntry, type LayerFormat } from "./layer.ts";
import { seededBytes } from "./seeded.ts";

interface BaseDefinition {
  repository: string;
  /** The base it is built on. */
  from?: string;
  versions: string[];
  config: RuntimeConfig;
  /** What its own layers hold, by version. */
  layers(version: string, platform: Platform): { createdBy: string; entries: LayerEntry[] }[];
}

const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const kib = 1024;

function library(seed: string, at: string, sizeBytes: number): LayerEntry {
  return { path: at, content: seededBytes(seed, sizeBytes), mode: 0o755 };
}

function release(id: string, name: string, version: string): LayerEntry {
  return { path: "etc/os-release", content: `ID=${id}\nNAME="${name}"\nVERSION_ID="${version}"\n` };
}

/** The images that others are built on, each before what stands on it. */
export const baseDefinitions: BaseDefinition[] = [
  {
    repository: "base/debian",
    versions: ["12.8", "12.9", "12.10", "12.11"],
    config: { Env: [path], Cmd: ["bash"] },
    layers: (version, platform) => [
      {
        createdBy: `# debian.sh --arch '${platform.architecture}' out/ 'bookworm'`,
        entries: [
          release("debian", "Debian GNU/Linux", version),
          { path: "etc/debian_version", content: `${version}\n` },
          { path: "bin", linkTo: "usr/bin" },
          { path: "lib", linkTo: "usr/lib" },
          { path: "tmp", folder: true, mode: 0o1777 },
          library(`debian libc ${platform.architecture}`, "usr/lib/libc.so.6", 700 * kib),
          library(`debian bash ${version} ${platform.architecture}`, "usr/bin/bash", 500 * kib),
        ],
      },
    ],
  },
  {
    repository: "base/alpine",
    versions: ["3.20.6", "3.21.3", "3.22.0"],
    config: { Env: [path], Cmd: ["/bin/sh"] },
    layers: (version, platform) => [
      {
        createdBy: `ADD alpine-minirootfs-${version}-${platform.architecture}.tar.gz / # buildkit`,
        entries: [
          release("alpine", "Alpine Linux", version),
          { path: "tmp", folder: true, mode: 0o1777 },
          library(`alpine musl ${platform.architecture}`, "lib/ld-musl.so.1", 160 * kib),
          library(`alpine busybox ${version} ${platform.architecture}`, "bin/busybox", 240 * kib),
        ],
      },
    ],
  },
  {
    repository: "base/node",
    from: "base/debian",
    versions: ["22.14.0", "22.16.0", "24.2.0"],
    config: { Env: [path, "NODE_ENV=production"], Entrypoint: ["docker-entrypoint.sh"], Cmd: ["node"] },
    layers: (version, platform) => [
      {
        createdBy: "RUN /bin/sh -c groupadd --gid 1000 node && useradd --uid 1000 --gid node node # buildkit",
        entries: [
          {
            path: "etc/passwd",
            content: "root:x:0:0::/root:/bin/bash\nnode:x:1000:1000::/home/node:/bin/sh\n",
          },
        ],
      },
      {
        createdBy: `RUN /bin/sh -c curl -fsSLO https://nodejs.org/dist/v${version}/node-v${version}-linux-${platform.architecture}.tar.xz && tar -xJf node-*.tar.xz -C /usr/local # buildkit`,
        entries: [library(`node ${version} ${platform.architecture}`, "usr/local/bin/node", 1_400 * kib)],
      },
    ],
  },
  {
    repository: "base/python",
    from: "base/debian",
    versions: ["3.12.10", "3.13.3", "3.13.4"],
    config: { Env: [path, "LANG=C.UTF-8"], Cmd: ["python3"] },
    layers: (version, platform) => [
      {
        createdBy:
          "RUN /bin/sh -c apt-get update && apt-get install -y --no-install-recommends ca-certificates netbase tzdata # buildkit",
        entries: [
          library("ca certificates", "etc/ssl/certs/ca-certificates.crt", 90 * kib),
          { path: "var/lib/apt/lists/.wh..wh..opq", content: "" },
        ],
      },
      {
        createdBy: `RUN /bin/sh -c wget -O python.tar.xz https://www.python.org/ftp/python/${version}/Python-${version}.tar.xz && ./configure && make install # buildkit`,
        entries: [
          library(`python ${version} ${platform.architecture}`, "usr/local/lib/libpython3.so", 1_100 * kib),
        ],
      },
    ],
  },
  {
    repository: "base/go-runtime",
    from: "base/alpine",
    versions: ["1.23", "1.24"],
    config: { Env: [path], User: "65532:65532" },
    layers: (version) => [
      {
        createdBy: "RUN /bin/sh -c apk add --no-cache ca-certificates tzdata # buildkit",
        entries: [library(`zoneinfo ${version}`, "usr/share/zoneinfo/tzdata.zi", 60 * kib)],
      },
    ],
  },
  {
    repository: "base/nginx",
    from: "base/alpine",
    versions: ["1.26.3", "1.28.0"],
    config: {
      Env: [path, "NGINX_ENTRYPOINT_QUIET_LOGS=1"],
      Entrypoint: ["/docker-entrypoint.sh"],
      Cmd: ["nginx", "-g", "daemon off;"],
      ExposedPorts: { "80/tcp": {} },
      StopSignal: "SIGQUIT",
    },
    layers: (version, platform) => [
      {
        createdBy: "RUN /bin/sh -c apk add --no-cache nginx && rm /etc/nginx/http.d/default.conf # buildkit",
        entries: [
          library(`nginx ${version} ${platform.architecture}`, "usr/sbin/nginx", 420 * kib),
          {
            path: "etc/nginx/nginx.conf",
            content: "worker_processes auto;\nevents {}\nhttp { include conf.d/*.conf; }\n",
          },
          { path: "etc/nginx/http.d/.wh.default.conf", content: "" },
        ],
      },
    ],
  },
];

const builtSteps = new Map<string, Promise<BuildStep[]>>();

/** The build steps of a base, its own base's first. Built once, so that layers are shared byte by byte. */
export function buildBaseSteps(
  repository: string,
  version: string,
  platform: Platform,
  format: LayerFormat = "oci-gzip",
): Promise<BuildStep[]> {
  const key = `${repository} ${version} ${platform.architecture} ${format}`;
  const known = builtSteps.get(key);
  if (known) return known;
  const built = buildSteps(repository, version, platform, format);
  builtSteps.set(key, built);
  return built;
}

async function buildSteps(
  repository: string,
  version: string,
  platform: Platform,
  format: LayerFormat,
): Promise<BuildStep[]> {
  const definition = getBase(repository);
  const below = definition.from ? getBase(definition.from) : null;
  const index = definition.versions.indexOf(version);
  const belowVersion = below?.versions[Math.min(index, below.versions.length - 1)];
  const inherited =
    below && belowVersion ? await buildBaseSteps(below.repository, belowVersion, platform, format) : [];
  const at = baseBuiltAt(repository, version);
  const own: BuildStep[] = [];
  for (const { createdBy, entries } of definition.layers(version, platform)) {
    const layer: Layer = await buildLayer(entries, at, format);
    own.push({ createdBy, layer, at });
  }
  const { Cmd, Entrypoint } = definition.config;
  if (Entrypoint) own.push({ createdBy: `ENTRYPOINT ${JSON.stringify(Entrypoint)}`, at });
  if (Cmd) own.push({ createdBy: `CMD ${JSON.stringify(Cmd)}`, at });
  return [...inherited, ...own];
}

export async function buildBaseIndex(
  repository: string,
  version: string,
  platforms: Platform[],
): Promise<Artifact> {
  const definition = getBase(repository);
  const images = [];
  for (const platform of platforms) {
    const steps = await buildBaseSteps(repository, version, platform);
    images.push({ platform, image: buildImage({ platform, steps, config: definition.config }) });
  }
  return buildIndex({ images, annotations: { "org.opencontainers.image.version": version } });
}

export function getBase(repository: string): BaseDefinition {
  const definition = baseDefinitions.find((base) => base.repository === repository);
  if (!definition) throw new Error(`There is no sample base ${repository}.`);
  return definition;
}

/** Later versions were built later, a month and a half apart. */
function baseBuiltAt(repository: string, version: string): Date {
  const index = getBase(repository).versions.indexOf(version);
  return new Date(Date.UTC(2025, 5 + Math.floor(index * 1.5), 3 + index, 4, 30));
}
