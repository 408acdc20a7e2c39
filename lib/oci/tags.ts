import { RegistryError } from "#lib/oci/errors";
import { parseJsonObject, textListField } from "#lib/oci/json-fields";
import { checkRepository, checkTag } from "#lib/oci/names";
import { type Incomplete, Pager } from "#lib/oci/paging";
import type { CallOptions } from "#lib/oci/ping";
import { isTag } from "#lib/oci/reference";
import { repositoryScope } from "#lib/oci/scope";
import type { Session } from "#lib/oci/session";

export type TagList = { tags: string[]; invalidTags: number; incomplete: Incomplete };
export type TagListOptions = CallOptions & { maxPages?: number; maxTags?: number };

const maxPageBytes = 32 * 1024 * 1024;
const what = "The tag list";

/** Every tag of a repository, in the registry's order and once each. Throws `not-found` for an unknown repository. */
export async function listTags(
  session: Session,
  repository: string,
  options: TagListOptions = {},
): Promise<TagList> {
  const pager = new Pager(session, options.maxPages ?? 10_000);
  const maxTags = options.maxTags ?? 1_000_000;
  let path = `/v2/${checkRepository(repository)}/tags/list`;
  const scopes = [repositoryScope(repository, "pull")];
  const found = new Set<string>();
  let invalidTags = 0;
  for (;;) {
    const answer = await session.send({
      method: "GET",
      path,
      scopes,
      maxBytes: maxPageBytes,
      signal: options.signal,
      retry: "always",
    });
    if (answer.status !== 200) throw session.errorOf(answer, `the tags of ${repository}`);
    const limits = { maxBytes: maxPageBytes, maxDepth: 8, maxValues: 1_000_000 };
    const names = textListField(parseJsonObject(answer.body, what, limits), "tags", what, 1_000_000);
    for (const name of names) {
      if (isTag(name)) found.add(name);
      else invalidTags += 1;
    }
    const next = pager.next(answer, path, names);
    if (next.path === null) return { tags: [...found], invalidTags, incomplete: next.incomplete };
    if (found.size >= maxTags) return { tags: [...found], invalidTags, incomplete: "entry-cap" };
    path = next.path;
  }
}

/**
 * Deletes one tag by its name and leaves its manifest and sibling tags alone. Throws `unsupported` where the
 * registry cannot do that (distribution 2.8 answers 400 DIGEST_INVALID) or has deletion switched off.
 */
export async function deleteTag(
  session: Session,
  repository: string,
  tag: string,
  options: CallOptions = {},
): Promise<void> {
  const answer = await session.send({
    method: "DELETE",
    path: `/v2/${checkRepository(repository)}/manifests/${checkTag(tag)}`,
    scopes: [repositoryScope(repository, "pull", "delete")],
    maxBytes: 1024 * 1024,
    signal: options.signal,
    retry: "deferred",
  });
  if (answer.status === 202 || answer.status === 200 || answer.status === 204) return;
  const error = session.errorOf(answer, `the tag ${repository}:${tag}`);
  if (answer.status !== 400) throw error;
  throw new RegistryError("unsupported", "This registry cannot delete a tag by its name.", {
    status: 400,
    code: error.code,
    registryMessage: error.registryMessage,
  });
}
