import { randomBytes } from "node:crypto";
import { expect } from "@playwright/test";
import { createRegistryClient, type RegistryClient } from "#lib/oci/client";
import type { Artifact } from "../../scripts/fleet/content.ts";
import {
  amd64,
  arm64,
  type BuildStep,
  buildImage,
  buildIndex,
  type Platform,
} from "../../scripts/fleet/image.ts";
import { buildLayer } from "../../scripts/fleet/layer.ts";
import { listTags } from "./call-api.ts";
import { registrySlug, stack } from "./stack.ts";

/** A repository that no other test knows. */
export function nameRepository(word: string): string {
  return `e2e/${word}-${randomBytes(4).toString("hex")}`;
}

/** A client of the registry with the login of the tests; of another one when its address is given. */
export function openRegistry(other?: {
  url: string;
  login?: { user: string; password: string };
}): RegistryClient {
  const { url, login } = other ?? { url: stack.registryUrl, login: stack.pushLogin };
  return createRegistryClient({
    baseUrl: url,
    credentials: login ? { kind: "basic", username: login.user, password: login.password } : { kind: "none" },
    allowedNetworks: ["127.0.0.0/8", "::1/128"],
    userAgent: "wharfinger-journeys",
  });
}

export interface ImageWords {
  /** One layer a word; equal words make equal layers. */
  layers: readonly string[];
  env?: string[];
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  user?: string;
  entrypoint?: string[];
  ports?: string[];
  platform?: Platform;
  createdBy?: (word: string) => string;
}

/** An image that every client accepts: real layers with a file each. */
export async function buildWords(words: ImageWords): Promise<Artifact> {
  const at = new Date("2026-03-01T12:00:00Z");
  const steps: BuildStep[] = await Promise.all(
    words.layers.map(async (word) => ({
      createdBy: words.createdBy?.(word) ?? `COPY ${word} /srv/${word} # buildkit`,
      layer: await buildLayer([{ path: `srv/${word}`, content: `${word}\n`.repeat(200) }], at),
      at,
    })),
  );
  return buildImage({
    platform: words.platform ?? amd64,
    steps: [...steps, { createdBy: `CMD ["/srv/start"]`, at }],
    annotations: words.annotations,
    config: {
      Env: words.env ?? ["PATH=/usr/bin:/bin"],
      Entrypoint: words.entrypoint ?? ["/srv/start"],
      User: words.user ?? "1000:1000",
      Labels: words.labels ?? {},
      ExposedPorts: Object.fromEntries((words.ports ?? ["8080/tcp"]).map((port) => [port, {}])),
    },
  });
}

/** The same image for two platforms under one index. */
export async function buildWordsIndex(words: ImageWords): Promise<Artifact> {
  const images = await Promise.all(
    [amd64, arm64].map(async (platform) => ({
      platform,
      image: await buildWords({ ...words, platform, layers: [...words.layers, platform.architecture] }),
    })),
  );
  return buildIndex({ images, annotations: words.annotations });
}

/** Pushes blobs first, then children, then the manifest under each tag. */
export async function pushArtifact(
  client: RegistryClient,
  repository: string,
  artifact: Artifact,
  tags: readonly string[],
): Promise<void> {
  for (const child of artifact.children) await pushArtifact(client, repository, child, []);
  for (const blob of artifact.blobs) await client.uploadBlob(repository, blob.bytes);
  const { mediaType, bytes, digest } = artifact;
  for (const reference of tags.length > 0 ? tags : [digest])
    await client.putManifest(repository, reference, { mediaType, bytes });
}

/** Waits until the console knows the tag as the registry has it: the notification came, or a crawl. */
export async function waitForTag(
  repository: string,
  tag: string,
  digest: string | null,
  registry = registrySlug,
): Promise<void> {
  await expect
    .poll(
      async () => {
        const rows = await listTags(repository, registry).catch(() => []);
        return rows.find((row) => row.name === tag)?.digest ?? null;
      },
      { message: `the console knows ${repository}:${tag}`, timeout: 90_000, intervals: [200] },
    )
    .toBe(digest);
}

/** Pushes to the registry of the tests and waits until the console has it. */
export async function pushAndWait(
  repository: string,
  artifact: Artifact,
  tags: readonly string[],
): Promise<void> {
  const client = openRegistry();
  try {
    await pushArtifact(client, repository, artifact, tags);
  } finally {
    await client.close();
  }
  for (const tag of tags) await waitForTag(repository, tag, artifact.digest);
}
