import type { IncomingHttpHeaders } from "node:http";
import { Socket } from "node:net";
import { getCACertificates } from "node:tls";
import { Agent, buildConnector, type Dispatcher } from "undici";

import type { AddressGuard } from "#lib/oci/address-guard";
import { RegistryError } from "#lib/oci/errors";
import { aborted } from "#lib/oci/pause";
import { RequestWatch, type Watched } from "#lib/oci/request-watch";
import { transportError } from "#lib/oci/transport-error";

export type Timeouts = {
  connectMs: number;
  /** Until the first byte of an answer. */
  headersMs: number;
  /** Between two pieces of a body. */
  idleMs: number;
  /** For one answer as a whole, from the moment the request goes out. */
  deadlineMs: number;
};

export const defaultTimeouts: Timeouts = {
  connectMs: 10_000,
  headersMs: 30_000,
  idleMs: 15_000,
  deadlineMs: 60_000,
};

export type HttpMethod = "GET" | "HEAD" | "POST" | "PUT" | "DELETE";

export type TransportRequest = {
  method: HttpMethod;
  /** Scheme, host and port, without a slash at the end. */
  origin: string;
  path: string;
  /** Names and values in turn. */
  headers: string[];
  body?: Uint8Array;
  /** The answer is cut off, with `too-large`, as soon as it is longer. */
  maxBytes: number;
  /** In place of the client's own deadline, for answers known to be slow. */
  deadlineMs?: number;
  signal?: AbortSignal;
};

export type TransportResponse = { status: number; headers: IncomingHttpHeaders; body: Buffer };
/** The body must be read to its end or `cancel` be called. */
export type TransportStream = {
  status: number;
  headers: IncomingHttpHeaders;
  body: AsyncIterable<Buffer>;
  cancel(): void;
};

/** `tlsMs` is null when TCP itself failed; with a `failure` the last step begun is the one that failed. */
export type ConnectionTrial = { connectMs: number; tlsMs: number | null; failure: RegistryError | null };

export type TransportOptions = {
  guard: AddressGuard;
  caPem?: string;
  connections?: number;
  timeouts?: Partial<Timeouts>;
  /** Told about every request that goes out on the wire. */
  onRequest?: (method: HttpMethod, url: string) => void;
};

const emptyBody = Buffer.alloc(0);
const maxHeaderBytes = 64 * 1024;

/** The one outbound HTTP client: HTTP/1.1 with kept-alive connections to addresses that the guard has judged. */
export class Transport {
  readonly #agent: Agent;
  readonly #connect: buildConnector.connector;
  readonly #guard: AddressGuard;
  readonly #timeouts: Timeouts;
  readonly #watch = new RequestWatch();
  readonly #onRequest: TransportOptions["onRequest"];
  #closed = false;

  constructor(options: TransportOptions) {
    this.#guard = options.guard;
    this.#timeouts = { ...defaultTimeouts, ...options.timeouts };
    this.#onRequest = options.onRequest;
    // Certificates are always checked, whatever NODE_TLS_REJECT_UNAUTHORIZED says.
    this.#connect = buildConnector({
      allowH2: false,
      timeout: this.#timeouts.connectMs,
      lookup: this.#guard.lookup,
      rejectUnauthorized: true,
      minVersion: "TLSv1.2",
      ...(options.caPem === undefined ? {} : { ca: [...getCACertificates("default"), options.caPem] }),
    });
    this.#agent = new Agent({
      connections: options.connections ?? 16,
      pipelining: 1,
      keepAliveTimeout: 15_000,
      keepAliveMaxTimeout: 60_000,
      maxHeaderSize: maxHeaderBytes,
      allowH2: false,
      maxOrigins: 32,
      connect: (target, callback) => {
        try {
          this.#guard.checkHost(target.hostname);
        } catch (error) {
          callback(error instanceof Error ? error : new Error("refused"), null);
          return;
        }
        this.#connect(target, callback);
      },
    });
  }

  /** Sends one request and reads the whole answer into memory. Any status is an answer. */
  send(request: TransportRequest): Promise<TransportResponse> {
    return new Promise((resolve, reject) => {
      if (this.#closed || request.signal?.aborted) {
        reject(aborted());
        return;
      }
      this.#onRequest?.(request.method, request.origin + request.path);
      const deadlineMs = request.deadlineMs ?? this.#timeouts.deadlineMs;
      const handler = new BodyCollector(request, { watch: this.#watch, deadlineMs, resolve, reject });
      // An answer known to be slow, such as a catalogue, is slow before its first byte.
      const headersMs = request.deadlineMs ?? this.#timeouts.headersMs;
      this.#agent.dispatch(this.#dispatchOptions(request, headersMs), handler);
    });
  }

  /** Sends one request and hands over the body piece by piece, no faster than it is taken. */
  async stream(request: TransportRequest): Promise<TransportStream> {
    if (this.#closed || request.signal?.aborted) throw aborted();
    this.#onRequest?.(request.method, request.origin + request.path);
    const stop = new AbortController();
    const deadline = setTimeout(
      () => stop.abort(deadlineError()),
      request.deadlineMs ?? this.#timeouts.deadlineMs,
    );
    deadline.unref();
    const onAbort = () => stop.abort(aborted());
    request.signal?.addEventListener("abort", onAbort, { once: true });
    const finish = () => {
      clearTimeout(deadline);
      request.signal?.removeEventListener("abort", onAbort);
    };
    try {
      const answer = await this.#agent.request({
        ...this.#dispatchOptions(request, this.#timeouts.headersMs),
        signal: stop.signal,
      });
      answer.body.on("error", () => undefined);
      const cancel = () => {
        finish();
        answer.body.destroy();
      };
      const problem = responseProblem(request, answer.headers);
      if (problem !== null) {
        cancel();
        throw problem;
      }
      const body = readPieces(answer.body, request, finish);
      return { status: answer.statusCode, headers: answer.headers, body, cancel };
    } catch (error) {
      finish();
      throw transportError(error, request.origin);
    }
  }

  /** Opens a connection and closes it again, to tell how far one gets: TCP alone, or TLS too. */
  async tryConnection(origin: string, signal?: AbortSignal): Promise<ConnectionTrial> {
    const url = new URL(origin);
    const hostname = url.hostname.replace(/^\[|\]$/g, "");
    this.#guard.checkHost(hostname);
    const beganAt = performance.now();
    let connectedAt: number | null = null;
    let socket: Socket | null = null;
    const onAbort = () => socket?.destroy(aborted());
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      await new Promise<void>((resolve, reject) => {
        const target = {
          hostname,
          host: url.host,
          protocol: url.protocol,
          port: url.port || (url.protocol === "https:" ? "443" : "80"),
        };
        // undici's connector hands back the socket at once, which its types do not say.
        const opened: unknown = this.#connect(target, (...[error]) =>
          error === null ? resolve() : reject(error),
        );
        if (!(opened instanceof Socket)) return;
        socket = opened;
        opened.once("connect", () => {
          connectedAt = performance.now();
        });
      });
      const endedAt = performance.now();
      return {
        connectMs: (connectedAt ?? endedAt) - beganAt,
        tlsMs: endedAt - (connectedAt ?? endedAt),
        failure: null,
      };
    } catch (error) {
      const endedAt = performance.now();
      const connectMs = (connectedAt ?? endedAt) - beganAt;
      const tlsMs = connectedAt === null ? null : endedAt - connectedAt;
      return { connectMs, tlsMs, failure: transportError(error, origin) };
    } finally {
      signal?.removeEventListener("abort", onAbort);
      onAbort();
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#agent.destroy(aborted());
  }

  #dispatchOptions(request: TransportRequest, headersMs: number) {
    return {
      origin: request.origin,
      path: request.path,
      method: request.method,
      headers: request.headers,
      body: request.body ?? null,
      headersTimeout: headersMs,
      bodyTimeout: this.#timeouts.idleMs,
      // undici closes the connection after each HEAD unless told not to.
      reset: false,
    };
  }
}

async function* readPieces(
  source: AsyncIterable<Buffer>,
  request: TransportRequest,
  finish: () => void,
): AsyncGenerator<Buffer> {
  let total = 0;
  try {
    for await (const piece of source) {
      total += piece.byteLength;
      if (total > request.maxBytes) throw tooLarge(request);
      yield piece;
    }
  } catch (error) {
    throw transportError(error, request.origin);
  } finally {
    finish();
  }
}

interface CollectorCall {
  watch: RequestWatch;
  deadlineMs: number;
  resolve: (response: TransportResponse) => void;
  reject: (error: RegistryError) => void;
}

/** Collects an answer with as little work as the wire allows: this is the crawler's hot path. */
class BodyCollector implements Dispatcher.DispatchHandler, Watched {
  readonly #request: TransportRequest;
  readonly #call: CollectorCall;
  #controller: Dispatcher.DispatchController | null = null;
  #settled = false;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #first: Buffer | null = null;
  #pieces: Buffer[] | null = null;
  #length = 0;
  deadlineAt = 0;

  constructor(request: TransportRequest, call: CollectorCall) {
    this.#request = request;
    this.#call = call;
    if (request.signal !== undefined) call.watch.startSignal(this, request.signal);
  }

  onAbort(): void {
    this.#fail(aborted());
  }

  onDeadline(): void {
    this.#fail(deadlineError());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#settled) {
      controller.abort(aborted());
      return;
    }
    this.#controller = controller;
    if (this.deadlineAt === 0) this.#call.watch.startDeadline(this, this.#call.deadlineMs);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
    const problem = responseProblem(this.#request, headers);
    if (problem !== null) this.#fail(problem);
  }

  onResponseData(_controller: Dispatcher.DispatchController, piece: Buffer): void {
    this.#length += piece.byteLength;
    if (this.#length > this.#request.maxBytes) {
      this.#fail(tooLarge(this.#request));
      return;
    }
    if (this.#first === null) this.#first = piece;
    else if (this.#pieces === null) this.#pieces = [this.#first, piece];
    else this.#pieces.push(piece);
  }

  onResponseEnd(): void {
    if (this.#settled) return;
    this.#settle();
    const body =
      this.#pieces === null ? (this.#first ?? emptyBody) : Buffer.concat(this.#pieces, this.#length);
    this.#call.resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#settled) return;
    this.#settle();
    this.#call.reject(transportError(error, this.#request.origin));
  }

  #settle(): void {
    const { watch, deadlineMs } = this.#call;
    const { signal } = this.#request;
    this.#settled = true;
    watch.stopDeadline(this, deadlineMs);
    if (signal !== undefined) watch.stopSignal(this, signal);
  }

  #fail(error: RegistryError): void {
    if (this.#settled) return;
    this.#settle();
    this.#pieces = null;
    this.#first = null;
    this.#call.reject(error);
    this.#controller?.abort(error);
  }
}

/** We ask for `identity`; a compressed answer could be a bomb and is refused unread. */
function responseProblem(request: TransportRequest, headers: IncomingHttpHeaders): RegistryError | null {
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding !== "" && encoding.toLowerCase() !== "identity") {
    return new RegistryError(
      "invalid-response",
      "The registry sent a compressed answer although none was asked for.",
    );
  }
  if (request.method === "HEAD") return null;
  const length = headers["content-length"];
  return length !== undefined && Number(length) > request.maxBytes ? tooLarge(request) : null;
}

function tooLarge(request: TransportRequest): RegistryError {
  return new RegistryError(
    "too-large",
    `The registry's answer is larger than the limit of ${request.maxBytes} bytes.`,
  );
}

function deadlineError(): RegistryError {
  return new RegistryError("timeout", "The registry did not finish its answer in time.");
}
