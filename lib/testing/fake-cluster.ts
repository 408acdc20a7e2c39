import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createKubernetesEvent, type EventFields } from "#lib/testing/kubernetes-event";

type FakeEvent = ReturnType<typeof createKubernetesEvent>;
type ChangeType = "ADDED" | "MODIFIED" | "DELETED";

interface Change {
  version: number;
  type: ChangeType;
  event: FakeEvent;
}

export interface FakeClusterTls {
  key: string;
  cert: string;
  /** Whom the kubeconfig trusts. */
  ca: string;
}

/** What a Kubernetes API server does with Events, on loopback, and what may go wrong there. */
export class FakeCluster {
  /** Bearer token that it takes. */
  readonly token = "canary-Vt4kXw8pQzR1";
  /** Of each request, in order. */
  readonly requests: URLSearchParams[] = [];
  /** Answers every request with this status; null for what is asked for. */
  refuseWith: number | null = null;
  /** Takes requests and never answers. */
  hangs = false;
  /** A position that is forgotten is answered with a status, or with 200 and an ERROR line. */
  goneBy: "status" | "line" = "line";
  /** Pages after the first are refused so often, as when the list they are of was forgotten. */
  forgottenPages = 0;
  private version = 100;
  private forgotten = 0;
  private readonly events = new Map<string, FakeEvent>();
  private readonly changes: Change[] = [];
  private readonly watches = new Set<ServerResponse>();
  private readonly server: Server;
  private readonly tls: FakeClusterTls | undefined;
  private port = 0;

  private constructor(tls?: FakeClusterTls) {
    this.tls = tls;
    this.server = tls ? createTlsServer(tls) : createServer();
    this.server.on("request", (request, response) => this.answer(request, response));
  }

  /** In plain http unless it gets a certificate. */
  static async start(tls?: FakeClusterTls): Promise<FakeCluster> {
    const cluster = new FakeCluster(tls);
    await cluster.listen();
    return cluster;
  }

  get watching(): number {
    return this.watches.size;
  }

  /** The queries of lists, or of watches. */
  asked(what: "list" | "watch"): URLSearchParams[] {
    return this.requests.filter((query) => (query.get("watch") === "true") === (what === "watch"));
  }

  get kubeconfig(): string {
    const trust = this.tls
      ? `certificate-authority-data: ${Buffer.from(this.tls.ca).toString("base64")}`
      : "insecure-skip-tls-verify: true";
    const server = `${this.tls ? "https" : "http"}://127.0.0.1:${this.port}`;
    return `apiVersion: v1
kind: Config
clusters:
  - name: fake
    cluster: { server: "${server}", ${trust} }
users:
  - name: watcher
    user: { token: ${this.token} }
contexts:
  - name: main
    context: { cluster: fake, user: watcher }
current-context: main
`;
  }

  /** A new Event, or a known one that has changed. */
  put(uid: string, fields: EventFields = {}): void {
    const before = this.events.get(uid);
    const created = createKubernetesEvent({ ...before, ...fields });
    this.version += 1;
    const event = {
      ...created,
      metadata: { ...created.metadata, name: uid, uid, resourceVersion: String(this.version) },
    };
    this.events.set(uid, event);
    this.change({ version: this.version, type: before ? "MODIFIED" : "ADDED", event });
  }

  /** The cluster forgets an Event whose time is over. */
  expire(uid: string): void {
    const event = this.events.get(uid);
    if (!event) throw new Error(`There is no event ${uid}.`);
    this.events.delete(uid);
    this.version += 1;
    const metadata = { ...event.metadata, resourceVersion: String(this.version) };
    this.change({ version: this.version, type: "DELETED", event: { ...event, metadata } });
  }

  /** Changes up to now can no longer be watched from. */
  compact(): void {
    this.forgotten = this.version;
    this.changes.length = 0;
  }

  /** Something else in the cluster changes. */
  bookmark(): string {
    this.version += 1;
    const resourceVersion = String(this.version);
    this.say(
      `${JSON.stringify({ type: "BOOKMARK", object: { kind: "Event", metadata: { resourceVersion } } })}\n`,
    );
    return resourceVersion;
  }

  /** Sends these bytes to whoever watches. */
  say(text: string): void {
    for (const watch of this.watches) watch.write(text);
  }

  endWatches(how: "close" | "reset" = "close"): void {
    for (const watch of this.watches) {
      if (how === "close") watch.end();
      else watch.socket?.resetAndDestroy();
    }
    this.watches.clear();
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.port, "127.0.0.1", resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Nobody listens any more. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private change(change: Change): void {
    this.changes.push(change);
    this.say(formatChange(change));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", "http://cluster");
    const query = url.searchParams;
    this.requests.push(query);
    if (this.hangs) return;
    if (url.pathname !== "/api/v1/events" || query.get("fieldSelector") !== "involvedObject.kind=Pod")
      sendStatus(response, 404);
    else if (request.headers.authorization !== `Bearer ${this.token}`) sendStatus(response, 401);
    else if (this.refuseWith !== null) sendStatus(response, this.refuseWith);
    else if (query.get("watch") === "true") this.watch(query, response);
    else this.list(query, response);
  }

  private watch(query: URLSearchParams, response: ServerResponse): void {
    const from = Number(query.get("resourceVersion"));
    if (from < this.forgotten && this.goneBy === "status") {
      sendStatus(response, 410);
      return;
    }
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    if (from < this.forgotten) {
      response.end(`${JSON.stringify({ type: "ERROR", object: statusOf(410) })}\n`);
      return;
    }
    for (const change of this.changes) if (change.version > from) response.write(formatChange(change));
    this.watches.add(response);
    response.on("close", () => this.watches.delete(response));
  }

  private list(query: URLSearchParams, response: ServerResponse): void {
    const begin = Number(query.get("continue") ?? 0);
    const end = begin + Number(query.get("limit") ?? 1_000);
    if (begin > 0 && this.forgottenPages > 0) {
      this.forgottenPages -= 1;
      sendStatus(response, 410);
      return;
    }
    // Items of a list do not say what they are.
    const all = [...this.events.values()].map(({ kind: _kind, apiVersion: _version, ...event }) => event);
    const metadata = {
      resourceVersion: String(this.version),
      ...(end < all.length ? { continue: String(end) } : {}),
    };
    const body = { kind: "EventList", apiVersion: "v1", metadata, items: all.slice(begin, end) };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  }
}

export function formatChange({ type, event }: Pick<Change, "type" | "event">): string {
  return `${JSON.stringify({ type, object: event })}\n`;
}

function statusOf(code: number) {
  return { kind: "Status", apiVersion: "v1", status: "Failure", reason: "Expired", code };
}

function sendStatus(response: ServerResponse, status: number): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(statusOf(status)));
}
