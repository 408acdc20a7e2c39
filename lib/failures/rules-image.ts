import { isRepositoryName, parseReference } from "#lib/oci/reference";

export interface NamedImage {
  /** As the text writes it. */
  reference: string;
  /** The host, or null where none was written. */
  host: string | null;
  repository: string;
  tag: string | null;
  digest: string | null;
}

/** Where clients, kubelets and registries name the image, the surest first. */
const places: readonly RegExp[] = [
  /(?:failed to pull|back-off pulling|pulling|inspect|errors for) image "([^"\s]{1,800})"/i,
  /(?:resolve reference|unpack image|image name|image) "([^"\s]{1,800})"/i,
  /docker:\/\/([^\s"\\]{1,800}?)[\\",:;)]*(?:\s|$)/i,
  /manifest for (\S{1,800}) not found/i,
  /pull access denied for ([^\s,]{1,800})/i,
];
const askedAddress =
  /https?:\/\/([^\s/"]{1,260})\/v2\/([^\s"]{1,300}?)\/(?:manifests|blobs)\/([^\s":?]{1,128}(?::[0-9a-f]{64})?)/i;
const reading = /reading manifest (\S{1,128}) in (\S{1,300}?):?(?:\s|$)/i;

/** The image that a text is about, or null when it names none that is a valid reference. */
export function findNamedImage(text: string): NamedImage | null {
  const said = text.replaceAll('\\"', '"');
  for (const place of places) {
    const found = place.exec(said)?.[1];
    const image = found === undefined ? null : readImage(found.replace(/[:.,;]+$/, ""));
    if (image) return image;
  }
  const read = reading.exec(said);
  if (read?.[1] && read[2]) {
    const joined = `${read[2]}${read[1].includes(":") ? "@" : ":"}${read[1]}`;
    const image = readImage(joined);
    if (image) return image;
  }
  const asked = askedAddress.exec(said);
  if (!asked) return null;
  const [, host = "", repository = "", reference = ""] = asked;
  if (!isRepositoryName(repository)) return null;
  return readImage(`${host}/${repository}${reference.includes(":") ? "@" : ":"}${reference}`);
}

function readImage(text: string): NamedImage | null {
  const parsed = parseReference(text);
  if (!parsed.ok) return null;
  const { registry, repository, tag, digest } = parsed.reference;
  return {
    reference: text,
    host: registry,
    repository,
    // Clients ask for latest where nothing is said.
    tag: tag ?? (digest === null ? "latest" : null),
    digest,
  };
}
