import type { RegistryClient } from "#lib/oci/client";
import { digestOf } from "#lib/oci/digest";
import { ociImageConfig, ociImageIndex, ociImageManifest } from "#lib/oci/media-types";

export interface Pushed {
  digest: string;
  mediaType: string;
  sizeBytes: number;
}

const layerType = "application/vnd.oci.image.layer.v1.tar+gzip";
const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));

/** Pushes a small image: equal words make equal layers, so images can share them. Without a tag it has none. */
export async function pushImage(
  client: RegistryClient,
  repository: string,
  tag: string | null,
  image: { layers: readonly string[]; architecture?: string; subject?: Pushed; artifactType?: string },
): Promise<Pushed> {
  const config = bytesOf({
    architecture: image.architecture ?? "amd64",
    os: "linux",
    created: "2026-03-01T12:00:00Z",
    config: { Labels: { words: image.layers.join(" ") } },
    rootfs: { type: "layers", diff_ids: image.layers.map((word) => digestOf(word)) },
    history: image.layers.map((word) => ({ created_by: `COPY ${word}` })),
  });
  const blobs = [config, ...image.layers.map((word) => Buffer.from(`layer ${word}`))];
  const stored = await Promise.all(blobs.map((blob) => client.uploadBlob(repository, blob)));
  const [first, ...layers] = stored.map(({ digest, sizeBytes }, index) => ({
    mediaType: index === 0 ? ociImageConfig : layerType,
    digest,
    size: sizeBytes,
  }));
  const { subject } = image;
  return put(client, repository, tag, ociImageManifest, {
    schemaVersion: 2,
    mediaType: ociImageManifest,
    ...(image.artifactType === undefined ? {} : { artifactType: image.artifactType }),
    config: first,
    layers,
    ...(subject === undefined ? {} : { subject: descriptorOf(subject) }),
  });
}

/** Pushes an index over manifests that are there already. */
export async function pushIndex(
  client: RegistryClient,
  repository: string,
  tag: string | null,
  children: readonly (Pushed & { architecture?: string; attestation?: boolean })[],
): Promise<Pushed> {
  return put(client, repository, tag, ociImageIndex, {
    schemaVersion: 2,
    mediaType: ociImageIndex,
    manifests: children.map((child) => ({
      ...descriptorOf(child),
      platform: child.attestation
        ? { os: "unknown", architecture: "unknown" }
        : { os: "linux", architecture: child.architecture ?? "amd64" },
      ...(child.attestation ? { annotations: { "vnd.docker.reference.type": "attestation-manifest" } } : {}),
    })),
  });
}

/** Puts another name on a manifest that is there. */
export async function pushTag(
  client: RegistryClient,
  repository: string,
  tag: string,
  digest: string,
): Promise<void> {
  const { mediaType, bytes } = await client.getManifest(repository, digest);
  await client.putManifest(repository, tag, { mediaType, bytes });
}

/** Repositories of every shape, the same for the same seed: images, indexes, shared layers, signatures. */
export async function pushSmallFleet(client: RegistryClient, repositories: number): Promise<void> {
  for (let number = 0; number < repositories; number++) {
    const repository = number % 3 === 0 ? `team-${number % 5}/app-${number}` : `solo-${number}`;
    const amd = await pushImage(client, repository, null, { layers: ["base", `app-${number}`] });
    const arm = await pushImage(client, repository, null, {
      layers: ["base-arm", `app-${number}`],
      architecture: "arm64",
    });
    const index = await pushIndex(client, repository, "v1.0.0", [amd, { ...arm, architecture: "arm64" }]);
    await pushTag(client, repository, "latest", index.digest);
    await pushImage(client, repository, "v1.1.0-rc.1", { layers: ["base", `app-${number}`, "more"] });
    if (number % 4 === 0) {
      const signature = await pushImage(client, repository, null, {
        layers: [`signature-${number}`],
        subject: index,
        artifactType: "application/vnd.dev.cosign.artifact.sig.v1+json",
      });
      await pushIndex(client, repository, `sha256-${index.digest.slice(7)}`, [signature]);
    }
  }
}

function descriptorOf(pushed: Pushed) {
  return { mediaType: pushed.mediaType, digest: pushed.digest, size: pushed.sizeBytes };
}

async function put(
  client: RegistryClient,
  repository: string,
  tag: string | null,
  mediaType: string,
  manifest: object,
): Promise<Pushed> {
  const bytes = bytesOf(manifest);
  const digest = digestOf(bytes);
  await client.putManifest(repository, tag ?? digest, { mediaType, bytes });
  return { digest, mediaType, sizeBytes: bytes.byteLength };
}
