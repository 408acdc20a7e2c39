import { gzipSync } from "node:zlib";
import { type Artifact, createArtifact, createBlob, descriptorOf } from "./content.ts";
import { buildTar, type LayerEntry } from "./layer.ts";

const manifestType = "application/vnd.oci.image.manifest.v1+json";

/** A Helm chart as `helm push` stores it. */
export async function buildChart(options: {
  name: string;
  version: string;
  appVersion: string;
  image: string;
  at: Date;
}): Promise<Artifact> {
  const { name, version, appVersion, image, at } = options;
  const description = `Runs ${name} on Kubernetes.`;
  const metadata = { apiVersion: "v2", name, version, appVersion, description, type: "application" };
  const entries: LayerEntry[] = [
    {
      path: `${name}/Chart.yaml`,
      content: Object.entries(metadata)
        .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
        .join(""),
    },
    {
      path: `${name}/values.yaml`,
      content: `replicaCount: 2\nimage:\n  repository: ${image}\n  tag: ${JSON.stringify(appVersion)}\nservice:\n  port: 8080\nresources:\n  requests:\n    cpu: 100m\n    memory: 128Mi\n`,
    },
    {
      path: `${name}/templates/deployment.yaml`,
      content: `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  replicas: {{ .Values.replicaCount }}\n  selector:\n    matchLabels:\n      app: ${name}\n  template:\n    metadata:\n      labels:\n        app: ${name}\n    spec:\n      containers:\n        - name: ${name}\n          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"\n`,
    },
    { path: `${name}/templates/NOTES.txt`, content: `${name} {{ .Chart.Version }} is installed.\n` },
  ];
  const config = createBlob("application/vnd.cncf.helm.config.v1+json", metadata);
  const archive = createBlob(
    "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
    gzipSync(await buildTar(entries, at)),
  );
  return createArtifact({
    manifest: {
      schemaVersion: 2,
      mediaType: manifestType,
      config: descriptorOf(config),
      layers: [descriptorOf(archive)],
      annotations: {
        "org.opencontainers.image.created": at.toISOString(),
        "org.opencontainers.image.description": description,
        "org.opencontainers.image.title": name,
        "org.opencontainers.image.version": version,
      },
    },
    blobs: [config, archive],
  });
}

/** Files under an artifact type of their own, as `oras push` stores them. */
export function buildFileArtifact(options: {
  artifactType: string;
  files: { name: string; mediaType: string; content: string | Buffer }[];
  at: Date;
}): Artifact {
  const config = createBlob("application/vnd.oci.empty.v1+json", {});
  const files = options.files.map((file) => ({
    name: file.name,
    blob: createBlob(file.mediaType, Buffer.from(file.content)),
  }));
  return createArtifact({
    manifest: {
      schemaVersion: 2,
      mediaType: manifestType,
      artifactType: options.artifactType,
      config: descriptorOf(config),
      layers: files.map(({ name, blob }) => ({
        ...descriptorOf(blob),
        annotations: { "org.opencontainers.image.title": name },
      })),
      annotations: { "org.opencontainers.image.created": options.at.toISOString() },
    },
    blobs: [config, ...files.map((file) => file.blob)],
  });
}
