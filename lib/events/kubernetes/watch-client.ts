import type { KubeConfig } from "@kubernetes/client-node";
import { type ListPage, readListPage } from "#lib/events/kubernetes/rules-watch";
import { inCluster, type KubernetesSettings } from "#lib/settings/kubernetes-settings";

export interface ClusterClient {
  /** One page of the Events of pods in all namespaces. */
  list(next: string | null, signal: AbortSignal): Promise<ListPage>;
  /** Returns once the cluster has begun to answer; the lines end when it closes, and throw when it falls silent. */
  watch(resourceVersion: string, signal: AbortSignal): Promise<AsyncIterable<string>>;
}

export interface ClientPace {
  pageSize: number;
  /** For the whole of a page. */
  listMs: number;
  /** Without a byte a watch counts as broken. */
  silentMs: number;
  /** How long the cluster should let a watch last. */
  watchSeconds: number;
}

/** The kubeconfig is no good. The message is ours, and holds nothing of it. */
export class ClusterConfigError extends Error {
  override name = "ClusterConfigError";
}

/** The cluster answered, but with no success. */
export class ClusterStatusError extends Error {
  override name = "ClusterStatusError";
  readonly status: number;

  constructor(status: number) {
    super(`The cluster answered ${status}.`);
    this.status = status;
  }
}

/** There was no answer, or not the whole of it. The message is ours. */
export class ClusterAwayError extends Error {
  override name = "ClusterAwayError";

  constructor(cause: unknown) {
    super(describeAbsence(cause));
  }
}

/** The cluster said what no API server says. */
export class ClusterAnswerError extends Error {
  override name = "ClusterAnswerError";
}

const longestLine = 8 * 1024 * 1024;

/** Reads the kubeconfig anew, so that changed credentials are taken. Nobody but this function loads the library. */
export async function openClusterClient(
  settings: Pick<KubernetesSettings, "config" | "context">,
  pace: ClientPace,
): Promise<ClusterClient> {
  const kubernetes = await import("@kubernetes/client-node");
  const config = loadConfig(new kubernetes.KubeConfig(), settings);
  const server = findServer(config);
  const { httpApi } = kubernetes.createConfiguration();

  async function ask(query: Record<string, string>, signal: AbortSignal) {
    const url = new URL(`${server}/api/v1/events`);
    // Reasons differ between runtimes and versions, so only what is no pod's is left out.
    url.search = new URLSearchParams({ fieldSelector: "involvedObject.kind=Pod", ...query }).toString();
    const request = new kubernetes.RequestContext(url.href, kubernetes.HttpMethod.GET);
    request.setSignal(signal);
    request.setHeaderParam("Accept", "application/json");
    await authenticate(config, request);
    const response = await httpApi.send(request).toPromise();
    if (response.httpStatusCode === 200) return response.body;
    await response.body.stream()?.cancel();
    throw new ClusterStatusError(response.httpStatusCode);
  }

  return {
    list: (next, signal) =>
      throwOurs(async () => {
        const query = { limit: String(pace.pageSize), ...(next === null ? {} : { continue: next }) };
        const body = await ask(query, AbortSignal.any([signal, AbortSignal.timeout(pace.listMs)]));
        const page = readListPage(await body.text());
        if (page === null) throw new ClusterAnswerError("The cluster answered with no list of events.");
        return page;
      }),
    watch: async (resourceVersion, signal) => {
      const silence = createSilence(pace.silentMs);
      const query = {
        watch: "true",
        allowWatchBookmarks: "true",
        resourceVersion,
        timeoutSeconds: String(Math.round(pace.watchSeconds * (1 + Math.random()))),
      };
      try {
        const body = await throwOurs(() => ask(query, AbortSignal.any([signal, silence.signal])));
        const stream = body.stream();
        if (stream === null) throw new ClusterAnswerError("The cluster answered a watch with nothing.");
        return readLines(stream, silence);
      } catch (error) {
        silence.end();
        throw error;
      }
    },
  };
}

async function throwOurs<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isOurs =
      error instanceof ClusterConfigError ||
      error instanceof ClusterStatusError ||
      error instanceof ClusterAnswerError;
    throw isOurs ? error : new ClusterAwayError(error);
  }
}

function describeAbsence(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError") return "The cluster does not answer.";
  const code = findCode(error);
  return code === null ? "The cluster cannot be reached." : `The cluster cannot be reached (${code}).`;
}

/** The system's or TLS's word for it, which lies under what fetch throws. */
function findCode(error: unknown): string | null {
  let at: unknown = error;
  for (let depth = 0; at instanceof Error && depth < 5; depth++) {
    if ("code" in at && typeof at.code === "string" && /^[A-Z][A-Z0-9_]{2,60}$/.test(at.code)) return at.code;
    at = at.cause;
  }
  return null;
}

function loadConfig(
  config: KubeConfig,
  { config: path, context }: Pick<KubernetesSettings, "config" | "context">,
): KubeConfig {
  try {
    if (path === inCluster) config.loadFromCluster();
    else config.loadFromFile(path);
  } catch (error) {
    // What a parser says of a kubeconfig quotes it, secrets included.
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    throw new ClusterConfigError(
      code === "ENOENT" ? "There is no kubeconfig at this path." : "The kubeconfig cannot be read.",
    );
  }
  if (context !== null) {
    if (!config.getContextObject(context))
      throw new ClusterConfigError("The kubeconfig has no context of this name.");
    config.setCurrentContext(context);
  }
  return config;
}

function findServer(config: KubeConfig): string {
  const server = config.getCurrentCluster()?.server ?? "";
  if (!URL.canParse(server) || !/^https?:$/.test(new URL(server).protocol))
    throw new ClusterConfigError("The kubeconfig names no cluster for its current context.");
  return server.replace(/\/+$/, "");
}

async function authenticate(
  config: KubeConfig,
  request: Parameters<KubeConfig["applySecurityAuthentication"]>[0],
): Promise<void> {
  try {
    await config.applySecurityAuthentication(request);
  } catch {
    throw new ClusterConfigError(
      "The account of the kubeconfig cannot be used: a file or a program that it names is missing or refuses, or it is for plain http.",
    );
  }
}

interface Silence {
  signal: AbortSignal;
  heard(): void;
  end(): void;
}

/** Aborts after so long without a sign. */
function createSilence(ms: number): Silence {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new DOMException("The watch fell silent.", "TimeoutError")),
    ms,
  );
  timer.unref();
  return {
    signal: controller.signal,
    heard: () => void timer.refresh(),
    end: () => {
      clearTimeout(timer);
      // Closes the connection where the reader stopped before its end.
      controller.abort();
    },
  };
}

/** Whole lines only: what a broken connection cuts off comes again from where we were. */
async function* readLines(stream: ReadableStream<Uint8Array>, silence: Silence): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for await (const piece of stream) {
      silence.heard();
      const lines = `${rest}${decoder.decode(piece, { stream: true })}`.split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > longestLine) throw new ClusterAnswerError("A line of the watch has no end.");
      for (const line of lines) if (line.trim() !== "") yield line;
    }
  } finally {
    silence.end();
  }
}
