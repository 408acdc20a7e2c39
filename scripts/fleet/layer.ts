import { buffer } from "node:stream/consumers";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { pack } from "tar-stream";
import { type Blob, createBlob, digestOf } from "./content.ts";

export type LayerEntry =
  | { path: string; content: Buffer | string; mode?: number; uid?: number }
  | { path: string; linkTo: string }
  | { path: string; folder: true; mode?: number };

export interface Layer {
  blob: Blob;
  /** Digest of the tar before compression, as image configs list it. */
  diffId: string;
}

export type LayerFormat = "oci-gzip" | "oci-zstd" | "docker-gzip";

const mediaTypes: Record<LayerFormat, string> = {
  "oci-gzip": "application/vnd.oci.image.layer.v1.tar+gzip",
  "oci-zstd": "application/vnd.oci.image.layer.v1.tar+zstd",
  "docker-gzip": "application/vnd.docker.image.rootfs.diff.tar.gzip",
};

/** A layer that container runtimes unpack: parents first, fixed times and owners. */
export async function buildLayer(
  entries: LayerEntry[],
  modifiedAt: Date,
  format: LayerFormat = "oci-gzip",
): Promise<Layer> {
  const tar = await buildTar(entries, modifiedAt);
  const bytes = format === "oci-zstd" ? zstdCompressSync(tar) : gzipSync(tar, { level: 1 });
  return { blob: createBlob(mediaTypes[format], bytes), diffId: digestOf(tar) };
}

export function buildTar(entries: LayerEntry[], modifiedAt: Date): Promise<Buffer> {
  const archive = pack();
  const common = { mtime: modifiedAt, gid: 0, uname: "", gname: "" };
  for (const folder of listParents(entries)) {
    archive.entry({ ...common, name: `${folder}/`, type: "directory", mode: 0o755, uid: 0 });
  }
  for (const entry of entries) {
    if ("folder" in entry) {
      archive.entry({
        ...common,
        name: `${entry.path}/`,
        type: "directory",
        mode: entry.mode ?? 0o755,
        uid: 0,
      });
    } else if ("linkTo" in entry) {
      archive.entry({
        ...common,
        name: entry.path,
        type: "symlink",
        linkname: entry.linkTo,
        mode: 0o777,
        uid: 0,
      });
    } else {
      const { path, content, mode = 0o644, uid = 0 } = entry;
      archive.entry({ ...common, name: path, mode, uid }, content);
    }
  }
  archive.finalize();
  return buffer(archive);
}

function listParents(entries: LayerEntry[]): string[] {
  const given = new Set(entries.flatMap((entry) => ("folder" in entry ? [entry.path] : [])));
  const parents = new Set<string>();
  for (const { path } of entries) {
    const parts = path.split("/").slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth++) {
      const parent = parts.slice(0, depth).join("/");
      if (!given.has(parent)) parents.add(parent);
    }
  }
  return [...parents].sort();
}
