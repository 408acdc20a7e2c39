import {
  type Artifact,
  createArtifact,
  createBlob,
  type Descriptor,
  descriptorOf,
  digestOf,
} from "./content.ts";
import { seededBytes, seededHex } from "./seeded.ts";

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const emptyConfig = createBlob("application/vnd.oci.empty.v1+json", {});

export interface BuildFacts {
  name: string;
  version: string;
  commit: string;
  builtAt: Date;
  packages: string[];
}

/** The attestation manifest that BuildKit puts beside an image: provenance and a list of packages. */
export function buildAttestation(image: Artifact, facts: BuildFacts): Artifact {
  const subject = [{ name: facts.name, digest: { sha256: image.digest.slice("sha256:".length) } }];
  const statement = (predicateType: string, predicate: object) =>
    createBlob("application/vnd.in-toto+json", {
      _type: "https://in-toto.io/Statement/v0.1",
      predicateType,
      subject,
      predicate,
    });
  const provenanceType = "https://slsa.dev/provenance/v0.2";
  const provenance = statement(provenanceType, {
    builder: { id: "https://ci.example.com/runners/buildkit" },
    buildType: "https://mobyproject.org/buildkit@v1",
    invocation: {
      configSource: {
        uri: `https://git.example.com/${facts.name}.git#refs/heads/main`,
        digest: { sha1: facts.commit },
        entryPoint: "Dockerfile",
      },
    },
    metadata: { buildStartedOn: facts.builtAt.toISOString(), reproducible: false },
  });
  const spdxType = "https://spdx.dev/Document";
  const packages = statement(spdxType, spdxDocument(facts));
  const config = createBlob("application/vnd.oci.image.config.v1+json", {
    architecture: "unknown",
    os: "unknown",
    config: {},
    rootfs: { type: "layers", diff_ids: [packages.digest, provenance.digest] },
  });
  return createArtifact({
    manifest: {
      schemaVersion: 2,
      mediaType: manifestType,
      config: descriptorOf(config),
      layers: [
        { ...descriptorOf(packages), annotations: { "in-toto.io/predicate-type": spdxType } },
        { ...descriptorOf(provenance), annotations: { "in-toto.io/predicate-type": provenanceType } },
      ],
    },
    blobs: [config, packages, provenance],
  });
}

/** A signature as a Sigstore bundle that refers to its subject. Sample data: nothing can be proven with it. */
export function buildSignature(subject: Descriptor, at: Date): Artifact {
  const artifactType = "application/vnd.dev.sigstore.bundle.v0.3+json";
  const bundle = createBlob(artifactType, {
    mediaType: artifactType,
    verificationMaterial: { publicKey: { hint: "sample-fleet" }, tlogEntries: [] },
    messageSignature: {
      messageDigest: {
        algorithm: "SHA2_256",
        digest: Buffer.from(subject.digest.slice(7), "hex").toString("base64"),
      },
      signature: seededBytes(`signature ${subject.digest}`, 71).toString("base64"),
    },
  });
  return buildReferrer({ subject, artifactType, blob: bundle, at });
}

export function buildSbom(subject: Descriptor, facts: BuildFacts): Artifact {
  const artifactType = "application/spdx+json";
  const blob = createBlob(artifactType, spdxDocument(facts));
  return buildReferrer({ subject, artifactType, blob, at: facts.builtAt });
}

/** A signature in the older way of cosign: a tag made of the digest, and no subject. */
export function buildTaggedSignature(
  subject: Descriptor,
  repository: string,
): { tag: string; artifact: Artifact } {
  const payload = createBlob("application/vnd.dev.cosign.simplesigning.v1+json", {
    critical: {
      identity: { "docker-reference": repository },
      image: { "docker-manifest-digest": subject.digest },
      type: "cosign container image signature",
    },
    optional: null,
  });
  const config = createBlob("application/vnd.oci.image.config.v1+json", {
    architecture: "",
    os: "",
    config: {},
    created: "0001-01-01T00:00:00Z",
    rootfs: { type: "layers", diff_ids: [payload.digest] },
  });
  const signature = seededBytes(`cosign ${subject.digest}`, 71).toString("base64");
  const artifact = createArtifact({
    manifest: {
      schemaVersion: 2,
      mediaType: manifestType,
      config: descriptorOf(config),
      layers: [
        { ...descriptorOf(payload), annotations: { "dev.cosignproject.cosign/signature": signature } },
      ],
    },
    blobs: [config, payload],
  });
  return { tag: `${subject.digest.replace(":", "-")}.sig`, artifact };
}

function buildReferrer(options: {
  subject: Descriptor;
  artifactType: string;
  blob: ReturnType<typeof createBlob>;
  at: Date;
}): Artifact {
  const { subject, artifactType, blob } = options;
  return createArtifact({
    manifest: {
      schemaVersion: 2,
      mediaType: manifestType,
      artifactType,
      config: descriptorOf(emptyConfig),
      layers: [descriptorOf(blob)],
      subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
      annotations: { "org.opencontainers.image.created": options.at.toISOString() },
    },
    blobs: [emptyConfig, blob],
  });
}

function spdxDocument(facts: BuildFacts): object {
  const id = digestOf(Buffer.from(`${facts.name} ${facts.version}`)).slice(7, 43);
  return {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: facts.name,
    documentNamespace: `https://sbom.example.com/${facts.name}-${id}`,
    creationInfo: { created: facts.builtAt.toISOString(), creators: ["Tool: sample-fleet"] },
    packages: facts.packages.map((entry, index) => {
      const [name, versionInfo] = entry.split("@");
      return {
        SPDXID: `SPDXRef-Package-${index}`,
        name,
        versionInfo,
        licenseConcluded: "NOASSERTION",
        downloadLocation: "NOASSERTION",
        checksums: [{ algorithm: "SHA256", checksumValue: seededHex(entry, 64) }],
      };
    }),
  };
}
