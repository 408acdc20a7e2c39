import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const imageType = "application/vnd.oci.image.manifest.v1+json";

/**
 * A registry on loopback that holds manifests, configs and tags in memory and deletes by tag. The matrix needs something behind the
 * permitted calls whose content it can make per call; what real registries do is tested against real ones.
 */
export class SmallRegistry {
  readonly manifests = new Map<string, Buffer>();
  readonly blobs = new Map<string, Buffer>();
  readonly tags = new Map<string, string>();
  /** Each request line, to see what the console asked for. */
  readonly requests: string[] = [];
  /** Each Authorization header that arrived. */
  readonly authorizations: string[] = [];
  /** When set, every request must carry this user and password. */
  login: { user: string; password: string } | null = null;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch(() => response.writeHead(500).end());
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  get url(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  putManifest(repository: string, body: Buffer): string {
    const digest = digestOf(body);
    this.manifests.set(`${repository}@${digest}`, body);
    return digest;
  }

  putTag(repository: string, tag: string, digest: string): void {
    this.tags.set(`${repository}:${tag}`, digest);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://registry");
    this.requests.push(`${request.method} ${request.url}`);
    if (request.headers.authorization) this.authorizations.push(request.headers.authorization);
    response.setHeader("docker-distribution-api-version", "registry/2.0");
    if (this.login) {
      const expected = `Basic ${Buffer.from(`${this.login.user}:${this.login.password}`).toString("base64")}`;
      if (request.headers.authorization !== expected) {
        response.setHeader("www-authenticate", 'Basic realm="small"');
        return sendError(response, 401, "UNAUTHORIZED");
      }
    }
    if (url.pathname === "/v2/") return sendJson(response, 200, {});
    if (url.pathname === "/v2/_catalog")
      return sendJson(response, 200, { repositories: this.listRepositories() });
    const manifest = /^\/v2\/(.+)\/manifests\/([^/]+)$/.exec(url.pathname);
    if (manifest?.[1] && manifest[2]) return this.answerManifest(request, response, manifest[1], manifest[2]);
    const list = /^\/v2\/(.+)\/tags\/list$/.exec(url.pathname);
    if (list?.[1]) return sendJson(response, 200, { name: list[1], tags: this.listTags(list[1]) });
    const blob = /^\/v2\/(.+)\/blobs\/(sha256:[0-9a-f]{64})$/.exec(url.pathname);
    const found = blob?.[2] ? this.blobs.get(blob[2]) : undefined;
    if (found) return sendBytes(request, response, found, "application/octet-stream", digestOf(found));
    return sendError(response, 404, "NAME_UNKNOWN");
  }

  private async answerManifest(
    request: IncomingMessage,
    response: ServerResponse,
    repository: string,
    reference: string,
  ): Promise<void> {
    const digest = reference.startsWith("sha256:") ? reference : this.tags.get(`${repository}:${reference}`);
    if (request.method === "PUT") {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const made = this.putManifest(repository, Buffer.concat(chunks));
      if (!reference.startsWith("sha256:")) this.putTag(repository, reference, made);
      response
        .writeHead(201, { "docker-content-digest": made, location: `/v2/${repository}/manifests/${made}` })
        .end();
      return;
    }
    const body = digest ? this.manifests.get(`${repository}@${digest}`) : undefined;
    if (!body || !digest) return sendError(response, 404, "MANIFEST_UNKNOWN");
    if (request.method === "DELETE") {
      if (reference === digest) {
        this.manifests.delete(`${repository}@${digest}`);
        for (const [name, at] of this.tags)
          if (at === digest && name.startsWith(`${repository}:`)) this.tags.delete(name);
      } else this.tags.delete(`${repository}:${reference}`);
      response.writeHead(202).end();
      return;
    }
    sendBytes(request, response, body, readMediaType(body), digest);
  }

  private listTags(repository: string): string[] {
    const prefix = `${repository}:`;
    return [...this.tags.keys()]
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length))
      .sort();
  }

  private listRepositories(): string[] {
    return [...new Set([...this.tags.keys()].map((name) => name.slice(0, name.lastIndexOf(":"))))].sort();
  }
}

export function digestOf(body: Buffer): string {
  return `sha256:${createHash("sha256").update(body).digest("hex")}`;
}

function readMediaType(body: Buffer): string {
  const { mediaType } = JSON.parse(body.toString("utf8")) as { mediaType?: string };
  return mediaType ?? imageType;
}

function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  type: string,
  digest: string,
): void {
  response.writeHead(200, {
    "content-type": type,
    "content-length": body.length,
    "docker-content-digest": digest,
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function sendError(response: ServerResponse, status: number, code: string): void {
  sendJson(response, status, { errors: [{ code, message: code, detail: null }] });
}
