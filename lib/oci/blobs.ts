import { createDigestVerifier, digestOf, verifyDigest } from "#lib/oci/digest";
import { RegistryError } from "#lib/oci/errors";
import { checkDigest, checkRepository } from "#lib/oci/names";
import type { CallOptions } from "#lib/oci/ping";
import { headerOf } from "#lib/oci/registry-answer";
import { repositoryScope } from "#lib/oci/scope";
import type { Session } from "#lib/oci/session";

/** For blobs that are read whole, such as configs and attestations. */
export const maxSmallBlobBytes = 8 * 1024 * 1024;
const smallAnswer = 1024 * 1024;

export type BlobOptions = CallOptions & { maxBytes?: number };

function blobPath(repository: string, digest: string): string {
  return `/v2/${checkRepository(repository)}/blobs/${checkDigest(digest)}`;
}

/** Reads a small blob whole; its digest is verified. */
export async function getBlob(
  session: Session,
  repository: string,
  digest: string,
  options: BlobOptions = {},
): Promise<Uint8Array> {
  const answer = await session.send({
    method: "GET",
    path: blobPath(repository, digest),
    scopes: [repositoryScope(repository, "pull")],
    accept: "*/*",
    maxBytes: options.maxBytes ?? maxSmallBlobBytes,
    signal: options.signal,
    retry: "always",
  });
  const what = `the blob ${repository}@${digest}`;
  if (answer.status !== 200) throw session.errorOf(answer, what);
  verifyDigest(answer.body, digest, what);
  return answer.body;
}

/**
 * Reads a blob of any size piece by piece. The last step throws `digest-mismatch` when the whole is not what the
 * digest names, so nothing may be kept before the loop has ended. Without `deadlineMs` it may take an hour.
 */
export async function* streamBlob(
  session: Session,
  repository: string,
  digest: string,
  options: BlobOptions & { deadlineMs?: number } = {},
): AsyncGenerator<Uint8Array> {
  const what = `the blob ${repository}@${digest}`;
  const verifier = createDigestVerifier(digest, what);
  const answer = await session.stream(
    {
      method: "GET",
      path: blobPath(repository, digest),
      scopes: [repositoryScope(repository, "pull")],
      accept: "*/*",
      maxBytes: options.maxBytes ?? Number.MAX_SAFE_INTEGER,
      deadlineMs: options.deadlineMs ?? 60 * 60 * 1000,
      signal: options.signal,
      retry: "always",
    },
    what,
  );
  try {
    for await (const piece of answer.body) {
      verifier.update(piece);
      yield piece;
    }
  } finally {
    answer.cancel();
  }
  verifier.finish();
}

/** The size of a blob that the registry says it has in this repository, or null if it has none. */
export async function findBlobHead(
  session: Session,
  repository: string,
  digest: string,
  options: CallOptions = {},
): Promise<{ sizeBytes: number | null } | null> {
  const answer = await session.send({
    method: "HEAD",
    path: blobPath(repository, digest),
    scopes: [repositoryScope(repository, "pull")],
    accept: "*/*",
    maxBytes: 0,
    signal: options.signal,
    retry: "always",
  });
  if (answer.status === 404) return null;
  if (answer.status !== 200) throw session.errorOf(answer, `the blob ${repository}@${digest}`);
  const length = headerOf(answer.headers, "content-length");
  return { sizeBytes: length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : null };
}

/** Uploads bytes in one piece (POST, then PUT) and returns their digest. */
export async function uploadBlob(
  session: Session,
  repository: string,
  bytes: Uint8Array,
  options: CallOptions = {},
): Promise<{ digest: string; sizeBytes: number }> {
  const digest = digestOf(bytes);
  const path = `/v2/${checkRepository(repository)}/blobs/uploads/`;
  const scopes = [repositoryScope(repository, "pull", "push")];
  const common = { scopes, maxBytes: smallAnswer, signal: options.signal, retry: "deferred" } as const;
  const begun = await session.send({ ...common, method: "POST", path });
  if (begun.status !== 202) throw session.errorOf(begun, `an upload to ${repository}`);
  const target = uploadTarget(session, begun.headers.location, path, digest);
  const done = await session.send({
    ...common,
    method: "PUT",
    path: target,
    body: bytes,
    contentType: "application/octet-stream",
    deadlineMs: 10 * 60 * 1000,
  });
  if (done.status !== 201 && done.status !== 204)
    throw session.errorOf(done, `the blob ${repository}@${digest}`);
  return { digest, sizeBytes: bytes.byteLength };
}

/**
 * Lets a repository share a blob of another one without moving a byte. False when the registry opened an ordinary
 * upload instead: then the bytes have to be sent.
 */
export async function mountBlob(
  session: Session,
  repository: string,
  digest: string,
  fromRepository: string,
  options: CallOptions = {},
): Promise<boolean> {
  const query = new URLSearchParams({ mount: checkDigest(digest), from: checkRepository(fromRepository) });
  const answer = await session.send({
    method: "POST",
    path: `/v2/${checkRepository(repository)}/blobs/uploads/?${query}`,
    scopes: [repositoryScope(repository, "pull", "push"), repositoryScope(fromRepository, "pull")],
    maxBytes: smallAnswer,
    signal: options.signal,
    retry: "deferred",
  });
  if (answer.status === 201) return true;
  if (answer.status === 202) return false;
  throw session.errorOf(answer, `the blob ${repository}@${digest}`);
}

function uploadTarget(session: Session, location: string | undefined, path: string, digest: string): string {
  if (location === undefined) {
    throw new RegistryError("invalid-response", "The registry began an upload without saying where it goes.");
  }
  const target = session.ownPath(location, path, "the upload");
  return `${target}${target.includes("?") ? "&" : "?"}digest=${encodeURIComponent(digest)}`;
}
