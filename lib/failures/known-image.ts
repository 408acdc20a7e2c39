import { ZodError } from "zod";
import type { Context } from "#lib/auth/context";
import type { KnownImage } from "#lib/failures/rules-diagnosis";
import { HttpError } from "#lib/http/errors";
import { listTagHistoryQuery, listTagsQuery } from "#lib/inventory/schema";
import { listTagHistory, listTags } from "#lib/inventory/service-tags";

const lookedAtTags = 500;

/** What the inventory knows of an image, as far as the reader may see; a reference of null is the repository alone. */
export async function readKnownImage(
  ctx: Context,
  registry: string,
  repository: string,
  reference: string | null,
): Promise<KnownImage> {
  const known: KnownImage = {
    registry,
    repository,
    reference,
    repositoryKnown: false,
    stands: false,
    deletion: null,
    platforms: [],
    tags: [],
  };
  const tag = reference?.includes(":") ? null : reference;
  try {
    const query = { registry, repository };
    const tags = await listTags(ctx, listTagsQuery.parse({ ...query, limit: lookedAtTags }));
    const isWanted = (one: { name: string; digest: string }) =>
      one.name === reference || one.digest === reference;
    const standing =
      tags.items.find(isWanted) ??
      (tag === null
        ? undefined
        : (await listTags(ctx, listTagsQuery.parse({ ...query, q: tag, limit: lookedAtTags }))).items.find(
            isWanted,
          ));
    return {
      ...known,
      repositoryKnown: true,
      stands: standing !== undefined,
      deletion: standing || tag === null ? null : await readDeletion(ctx, query, tag),
      platforms: (standing?.platforms ?? []).map(({ os, architecture, variant }) =>
        [os, architecture, variant].filter((part) => part).join("/"),
      ),
      tags: tags.items.map((one) => one.name),
    };
  } catch (error) {
    // What may not be seen is as if it did not exist; what is no valid name cannot be looked up.
    if (error instanceof HttpError && error.status === 404) return known;
    if (error instanceof ZodError) return known;
    throw error;
  }
}

async function readDeletion(
  ctx: Context,
  query: { registry: string; repository: string },
  tag: string,
): Promise<KnownImage["deletion"]> {
  const history = await listTagHistory(ctx, listTagHistoryQuery.parse({ ...query, tag, limit: 2 }));
  const [last, before] = history.items;
  if (!last || last.digest !== null) return null;
  return {
    at: new Date(last.at),
    actor: last.actor,
    isExact: !last.atSeen,
    digest: last.previousDigest,
    canBePutBack: before?.manifestExists ?? false,
  };
}
