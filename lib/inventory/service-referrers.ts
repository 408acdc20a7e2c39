import type { Context } from "#lib/auth/context";
import { toManifestKind } from "#lib/inventory/rules-kind";
import { growReferrerTree, type ReferrerEntry } from "#lib/inventory/rules-referrers";
import type { ListReferrersQuery, Referrers } from "#lib/inventory/schema-artifact";
import { type OpenedRepository, openRepository } from "#lib/inventory/service-access";
import { toTextMap } from "#lib/inventory/service-artifact";
import { findManifestRow, listChildRows, listReferrerRows } from "#lib/inventory/store-read-manifests";
import { isRegistryError } from "#lib/oci/errors";
import { artifactKindOf } from "#lib/oci/media-types";
import { getRegistryClient } from "#lib/registries/open-client";

const maxDepth = 4;
const maxNodes = 500;
const maxQuestions = 20;
const timeoutMs = 5_000;

/**
 * Everything that refers to a digest, as a tree: what the inventory knows, what the registry lists now, and the
 * attestations inside an index. Depth, number and time are bounded, whatever a registry invents.
 */
export async function listReferrers(ctx: Context, query: ListReferrersQuery): Promise<Referrers> {
  const opened = await openRepository(ctx, "repositories.read", query.registry, query.repository);
  const asking = createQuestions(opened);
  const tree = await growReferrerTree({
    root: query.digest,
    maxDepth,
    maxNodes,
    list: async (digests, depth) => {
      const [stored, asked, inside] = await Promise.all([
        listStored(opened, digests),
        asking.ask(digests),
        depth === 0 ? listInside(opened, query.digest) : [],
      ]);
      return [...stored, ...inside, ...asked];
    },
  });
  return {
    digest: query.digest,
    referrers: tree.nodes,
    truncated: tree.truncated || asking.incomplete(),
    note: asking.note(),
  };
}

async function listStored(
  { repository }: OpenedRepository,
  digests: readonly string[],
): Promise<ReferrerEntry[]> {
  const rows = await listReferrerRows(repository.id, digests, maxNodes);
  return rows.map((row) => ({
    subject: row.subject_digest,
    digest: row.digest,
    mediaType: row.media_type,
    artifactType: row.artifact_type ?? row.config_media_type,
    kind: toManifestKind(row.kind),
    sizeBytes: Number(row.size_bytes),
    annotations: toTextMap(row.annotations),
    via: "subject",
  }));
}

async function listInside({ repository }: OpenedRepository, digest: string): Promise<ReferrerEntry[]> {
  const manifest = await findManifestRow(repository.id, digest);
  if (manifest?.kind !== "index") return [];
  const children = await listChildRows(manifest);
  return children
    .filter((child) => child.role === "attestation" && child.present)
    .map((child) => ({
      subject: digest,
      digest: child.digest,
      mediaType: child.media_type,
      artifactType: null,
      kind: "attestation",
      sizeBytes: Number(child.size_bytes),
      annotations: {},
      via: "index",
    }));
}

/** Asks the registry itself, a bounded number of times; one that is away leaves what is stored. */
function createQuestions({ registry, repository }: OpenedRepository) {
  const signal = AbortSignal.timeout(timeoutMs);
  const sources = new Set<"api" | "tag">();
  let left = maxQuestions;
  let cut = false;
  let failure: string | null = registry.disconnectedAt === null ? null : "The registry is disconnected.";
  return {
    async ask(digests: readonly string[]): Promise<ReferrerEntry[]> {
      const found: ReferrerEntry[] = [];
      for (const subject of digests) {
        if (failure !== null) return found;
        if (left-- <= 0) {
          cut = true;
          return found;
        }
        try {
          const client = await getRegistryClient(registry.id);
          const options = { signal, maxPages: 5, maxReferrers: maxNodes };
          const answer = await client.listReferrers(repository.name, subject, options);
          for (const source of answer.sources) sources.add(source);
          if (answer.incomplete !== null) cut = true;
          for (const { digest, mediaType, artifactType, sizeBytes, annotations } of answer.referrers)
            found.push({
              subject,
              digest,
              mediaType,
              artifactType,
              kind: artifactKindOf({
                artifactType,
                config: { mediaType: artifactType ?? "" },
                layers: [],
                annotations,
              }),
              sizeBytes,
              annotations,
              via: "subject",
            });
        } catch (error) {
          if (!isRegistryError(error)) throw error;
          failure = error.message;
        }
      }
      return found;
    },
    incomplete: () => cut,
    note(): string {
      if (failure !== null) return `From the inventory alone: ${failure}`;
      if (sources.has("api")) return "From the inventory and the referrers API of the registry.";
      return "This registry has no referrers API: from the inventory and the fallback tags of clients.";
    },
  };
}
