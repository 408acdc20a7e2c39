import type { IncomingHttpHeaders } from "node:http";

import { digestMismatch, digestOf, isDigest, parseDigest } from "#lib/oci/digest";
import { RegistryError } from "#lib/oci/errors";
import { maxManifestBytes, type ParsedManifest, parseManifest } from "#lib/oci/manifest";
import { bareMediaType, isSchema1, manifestAccept } from "#lib/oci/media-types";
import { checkDigest, checkManifestReference, checkRepository } from "#lib/oci/names";
import type { CallOptions } from "#lib/oci/ping";
import { headerOf } from "#lib/oci/registry-answer";
import { repositoryScope } from "#lib/oci/scope";
import type { Session } from "#lib/oci/session";

export type FetchedManifest = {
  digest: string;
  mediaType: string;
  /** The body as it came: what the digest is of. */
  bytes: Uint8Array;
  sizeBytes: number;
  parsed: ParsedManifest;
};

/** What a registry says about a manifest without sending it. Not proven by a body. */
export type ManifestHead = { digest: string | null; mediaType: string; sizeBytes: number | null };

export type PutManifest = {
  digest: string /** Set when the registry itself keeps the referrer. */;
  subjectHandled: boolean;
};

function manifestPath(repository: string, reference: string): string {
  return `/v2/${checkRepository(repository)}/manifests/${checkManifestReference(reference)}`;
}

/**
 * Fetches a manifest by tag or digest and proves it: the bytes must have the digest asked for and the one the
 * registry claims. Throws `digest-mismatch`, `too-old` for Docker schema 1, `not-found`, …
 */
export async function getManifest(
  session: Session,
  repository: string,
  reference: string,
  options: CallOptions = {},
): Promise<FetchedManifest> {
  const answer = await session.send({
    method: "GET",
    path: manifestPath(repository, reference),
    scopes: [repositoryScope(repository, "pull")],
    accept: manifestAccept,
    maxBytes: maxManifestBytes,
    signal: options.signal,
    retry: "always",
  });
  const what = nameOf(repository, reference);
  if (answer.status !== 200) throw session.errorOf(answer, what);
  const { body, headers } = answer;
  const digest = proveDigest(body, reference, headers, what);
  const parsed = parseManifest(body, headerOf(headers, "content-type"));
  return { digest, mediaType: parsed.mediaType, bytes: body, sizeBytes: body.byteLength, parsed };
}

function proveDigest(body: Buffer, reference: string, headers: IncomingHttpHeaders, what: string): string {
  const claimed = claimedDigest(headers, what);
  const asked = isDigest(reference) ? reference : null;
  const digest = asked ?? claimed ?? digestOf(body);
  const actual = digestOf(body, digest.startsWith("sha512:") ? "sha512" : "sha256");
  if (actual !== digest) throw digestMismatch(what, digest, actual);
  if (claimed !== null && claimed !== digest) {
    const other = digestOf(body, claimed.startsWith("sha512:") ? "sha512" : "sha256");
    if (other !== claimed) throw digestMismatch(what, claimed, other);
  }
  return digest;
}

function claimedDigest(headers: IncomingHttpHeaders, what: string): string | null {
  const claimed = headerOf(headers, "docker-content-digest");
  if (claimed === undefined || claimed === "") return null;
  const parsed = parseDigest(claimed);
  if (parsed.ok) return claimed;
  throw new RegistryError(
    "invalid-response",
    `The registry names an unusable digest for ${what}. ${parsed.problem}`,
  );
}

/** Asks for a manifest's digest and type alone, or null if the registry does not have it. */
export async function findManifestHead(
  session: Session,
  repository: string,
  reference: string,
  options: CallOptions = {},
): Promise<ManifestHead | null> {
  const answer = await session.send({
    method: "HEAD",
    path: manifestPath(repository, reference),
    scopes: [repositoryScope(repository, "pull")],
    accept: manifestAccept,
    maxBytes: 0,
    signal: options.signal,
    retry: "always",
  });
  if (answer.status === 404) return null;
  const what = nameOf(repository, reference);
  if (answer.status !== 200) throw session.errorOf(answer, what);
  const digest = claimedDigest(answer.headers, what);
  if (digest !== null && isDigest(reference) && sameAlgorithm(digest, reference) && digest !== reference) {
    throw digestMismatch(what, reference, digest);
  }
  const mediaType = bareMediaType(headerOf(answer.headers, "content-type"));
  if (isSchema1(mediaType)) {
    throw new RegistryError(
      "too-old",
      `The registry has ${what} only as Docker schema 1: too old to be read.`,
    );
  }
  const length = headerOf(answer.headers, "content-length");
  const sizeBytes = length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : null;
  return { digest, mediaType, sizeBytes };
}

/** Stores a manifest under a tag or its digest. The bytes go out unchanged. */
export async function putManifest(
  session: Session,
  repository: string,
  reference: string,
  manifest: { mediaType: string; bytes: Uint8Array },
  options: CallOptions = {},
): Promise<PutManifest> {
  const digest = digestOf(manifest.bytes, reference.startsWith("sha512:") ? "sha512" : "sha256");
  const what = nameOf(repository, reference);
  if (isDigest(reference) && reference !== digest) {
    throw new RegistryError("invalid-request", `The manifest does not have the digest ${reference}.`, {
      field: "reference",
    });
  }
  const answer = await session.send({
    method: "PUT",
    path: manifestPath(repository, reference),
    scopes: [repositoryScope(repository, "pull", "push")],
    contentType: manifest.mediaType,
    body: manifest.bytes,
    maxBytes: 1024 * 1024,
    signal: options.signal,
    retry: "always",
  });
  if (answer.status !== 201 && answer.status !== 200 && answer.status !== 202)
    throw session.errorOf(answer, what);
  const stored = claimedDigest(answer.headers, what);
  if (stored !== null && sameAlgorithm(stored, digest) && stored !== digest)
    throw digestMismatch(what, digest, stored);
  return { digest, subjectHandled: headerOf(answer.headers, "oci-subject") !== undefined };
}

/** Deletes a manifest and with it every tag that points to it. Throws `not-found`, or `unsupported` where deletion is off. */
export async function deleteManifest(
  session: Session,
  repository: string,
  digest: string,
  options: CallOptions = {},
): Promise<void> {
  const answer = await session.send({
    method: "DELETE",
    path: `/v2/${checkRepository(repository)}/manifests/${checkDigest(digest)}`,
    scopes: [repositoryScope(repository, "pull", "delete")],
    maxBytes: 1024 * 1024,
    signal: options.signal,
    retry: "deferred",
  });
  if (answer.status !== 202 && answer.status !== 200 && answer.status !== 204) {
    throw session.errorOf(answer, nameOf(repository, digest));
  }
}

function sameAlgorithm(one: string, other: string): boolean {
  return one.slice(0, 7) === other.slice(0, 7);
}

function nameOf(repository: string, reference: string): string {
  return `${repository}${reference.includes(":") ? "@" : ":"}${reference}`;
}
