import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

export interface WrittenImage {
  /** For skopeo: `oci:<folder>:image`. */
  place: string;
  digest: string;
  layerDigest: string;
}

/** A small image as files on disk, for clients to push; other words make other bytes. */
export async function writeOciLayout(folder: string, word: string): Promise<WrittenImage> {
  const blobs = join(folder, "blobs", "sha256");
  await mkdir(blobs, { recursive: true });
  const keep = async (bytes: Uint8Array, mediaType: string) => {
    const hex = createHash("sha256").update(bytes).digest("hex");
    await writeFile(join(blobs, hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.byteLength };
  };
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  const tar = pack();
  tar.entry({ name: "etc/word", mtime: new Date(0) }, `${word}\n`);
  tar.finalize();
  const plain = await buffer(tar);
  const layer = await keep(gzipSync(plain), "application/vnd.oci.image.layer.v1.tar+gzip");
  const config = await keep(
    json({
      os: "linux",
      architecture: "amd64",
      config: { Labels: { word } },
      rootfs: { type: "layers", diff_ids: [`sha256:${createHash("sha256").update(plain).digest("hex")}`] },
    }),
    "application/vnd.oci.image.config.v1+json",
  );
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = await keep(json({ schemaVersion: 2, mediaType, config, layers: [layer] }), mediaType);
  await writeFile(join(folder, "oci-layout"), json({ imageLayoutVersion: "1.0.0" }));
  const annotations = { "org.opencontainers.image.ref.name": "image" };
  const index = { schemaVersion: 2, manifests: [{ ...manifest, annotations }] };
  await writeFile(join(folder, "index.json"), json(index));
  return { place: `oci:${folder}:image`, digest: manifest.digest, layerDigest: layer.digest };
}
