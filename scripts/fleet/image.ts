import { type Artifact, createArtifact, createBlob, type Descriptor, descriptorOf } from "./content.ts";
import type { Layer } from "./layer.ts";

export interface Platform {
  os: string;
  architecture: string;
  variant?: string;
}

export const amd64: Platform = { os: "linux", architecture: "amd64" };
export const arm64: Platform = { os: "linux", architecture: "arm64", variant: "v8" };

/** One step of a build: what made it, and its layer when it left one. */
export interface BuildStep {
  createdBy: string;
  layer?: Layer;
  at: Date;
}

export interface RuntimeConfig {
  User?: string;
  ExposedPorts?: Record<string, object>;
  Env?: string[];
  Entrypoint?: string[];
  Cmd?: string[];
  WorkingDir?: string;
  Labels?: Record<string, string>;
  StopSignal?: string;
}

const formats = {
  oci: {
    manifest: "application/vnd.oci.image.manifest.v1+json",
    config: "application/vnd.oci.image.config.v1+json",
    index: "application/vnd.oci.image.index.v1+json",
  },
  docker: {
    manifest: "application/vnd.docker.distribution.manifest.v2+json",
    config: "application/vnd.docker.container.image.v1+json",
    index: "application/vnd.docker.distribution.manifest.list.v2+json",
  },
};

export function buildImage(options: {
  platform: Platform;
  steps: BuildStep[];
  config: RuntimeConfig;
  annotations?: Record<string, string>;
  format?: "oci" | "docker";
}): Artifact {
  const { platform, steps } = options;
  const format = formats[options.format ?? "oci"];
  const layers = steps.flatMap((step) => (step.layer ? [step.layer] : []));
  const config = createBlob(format.config, {
    created: steps.at(-1)?.at.toISOString(),
    architecture: platform.architecture,
    ...(platform.variant ? { variant: platform.variant } : {}),
    os: platform.os,
    config: options.config,
    rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.diffId) },
    history: steps.map((step) => ({
      created: step.at.toISOString(),
      created_by: step.createdBy,
      comment: "buildkit.dockerfile.v0",
      ...(step.layer ? {} : { empty_layer: true }),
    })),
  });
  return createArtifact({
    manifest: {
      schemaVersion: 2,
      mediaType: format.manifest,
      config: descriptorOf(config),
      layers: layers.map((layer) => descriptorOf(layer.blob)),
      ...(options.annotations ? { annotations: options.annotations } : {}),
    },
    blobs: [config, ...layers.map((layer) => layer.blob)],
  });
}

/** An index over images of several platforms, with the attestations of each behind them as BuildKit writes it. */
export function buildIndex(options: {
  images: { platform: Platform; image: Artifact; attestation?: Artifact }[];
  annotations?: Record<string, string>;
  format?: "oci" | "docker";
}): Artifact {
  const mediaType = formats[options.format ?? "oci"].index;
  const manifests: Descriptor[] = options.images.map(({ platform, image }) => ({
    ...descriptorOf(image),
    platform,
  }));
  for (const { image, attestation } of options.images) {
    if (!attestation) continue;
    manifests.push({
      ...descriptorOf(attestation),
      annotations: {
        "vnd.docker.reference.digest": image.digest,
        "vnd.docker.reference.type": "attestation-manifest",
      },
      platform: { architecture: "unknown", os: "unknown" },
    });
  }
  return createArtifact({
    manifest: {
      schemaVersion: 2,
      mediaType,
      manifests,
      ...(options.annotations ? { annotations: options.annotations } : {}),
    },
    children: options.images.flatMap(({ image, attestation }) =>
      attestation ? [image, attestation] : [image],
    ),
  });
}
