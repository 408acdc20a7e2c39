import { randomBytes } from "node:crypto";

import { isRegistryError, type RegistryError, type RegistryErrorKind } from "#lib/oci/errors";
import { parseJsonObject, textListField } from "#lib/oci/json-fields";
import { checkRepository } from "#lib/oci/names";
import { aborted } from "#lib/oci/pause";
import { type CallOptions, ping } from "#lib/oci/ping";
import { isRepositoryName } from "#lib/oci/reference";
import { headerOf } from "#lib/oci/registry-answer";
import { catalogScope, repositoryScope } from "#lib/oci/scope";
import type { Session } from "#lib/oci/session";

export type ProbeStepId =
  | "resolve"
  | "connect"
  | "tls"
  | "api"
  | "authentication"
  | "catalog"
  | "referrers"
  | "deletion";

/** `limited`: it works, but something is missing or could not be found out; the sentence says what. */
export type ProbeStep = {
  id: ProbeStepId;
  state: "ok" | "failed" | "skipped" | "limited";
  detail: string;
  durationMs: number;
};

export type Capabilities = {
  steps: ProbeStep[];
  /** True when the registry can be used: every step up to authentication went well. */
  isUsable: boolean;
  apiVersion: string | null;
  authentication: "none" | "basic" | "bearer" | "unknown";
  /** The token service in use, or the one that was refused and may be confirmed. */
  realm: string | null;
  catalog: "yes" | "no" | "unknown";
  referrers: "api" | "fallback" | "unknown";
  deletion: "on" | "off" | "unknown";
  tagDeletion: "by-name" | "by-digest-only" | "unknown";
  /** The error that ended the probe, for those who want its kind. */
  failure: RegistryError | null;
};

export type ProbeOptions = CallOptions & {
  /** A repository to try with, where the catalogue names none. */ repository?: string;
};

type Outcome = { state: "ok" | "limited"; detail: string };

const order: readonly ProbeStepId[] = [
  "resolve",
  "connect",
  "tls",
  "api",
  "authentication",
  "catalog",
  "referrers",
  "deletion",
];
const zeroDigest = `sha256:${"0".repeat(64)}`;
const smallAnswer = 1024 * 1024;
const slowDeadlineMs = 30_000;

/**
 * Finds out step by step how far one gets with a registry and what it can do. Changes nothing there: the
 * deletions it asks for are of a digest and a tag that cannot exist. Only an aborted signal makes it throw.
 */
export async function probeCapabilities(session: Session, options: ProbeOptions = {}): Promise<Capabilities> {
  const result: Capabilities = {
    steps: [],
    isUsable: false,
    apiVersion: null,
    authentication: "unknown",
    realm: null,
    catalog: "unknown",
    referrers: "unknown",
    deletion: "unknown",
    tagDeletion: "unknown",
    failure: null,
  };
  const probe = new Probe(session, result, options);
  const steps: Record<ProbeStepId, () => Promise<Outcome>> = {
    resolve: () => probe.resolve(),
    connect: () => probe.connect(),
    tls: () => probe.tls(),
    api: () => probe.api(),
    authentication: () => probe.authentication(),
    catalog: () => probe.catalog(),
    referrers: () => probe.referrers(),
    deletion: () => probe.deletion(),
  };
  for (const id of order) {
    if (result.failure !== null) {
      result.steps.push({
        id,
        state: "skipped",
        detail: "Not tried, because an earlier step failed.",
        durationMs: 0,
      });
      continue;
    }
    const beganAt = performance.now();
    const durationMs = () => Math.round(performance.now() - beganAt);
    try {
      const outcome = await steps[id]();
      const measured = id === "tls" ? Math.round(probe.tlsMs) : durationMs();
      result.steps.push({ id, ...outcome, durationMs: measured });
    } catch (error) {
      if (!isRegistryError(error) || error.kind === "aborted") throw error;
      result.failure = error;
      result.realm = error.realm ?? result.realm;
      result.steps.push({ id, state: "failed", detail: error.message, durationMs: durationMs() });
    }
    if (id === "authentication") result.isUsable = result.failure === null;
  }
  return result;
}

class Probe {
  readonly #session: Session;
  readonly #result: Capabilities;
  readonly #signal: AbortSignal | undefined;
  readonly #url: URL;
  readonly #hasCredentials: boolean;
  #repository: string | null;
  #tlsFailure: RegistryError | null = null;
  #challenged = false;
  tlsMs = 0;

  constructor(session: Session, result: Capabilities, options: ProbeOptions) {
    this.#session = session;
    this.#result = result;
    this.#signal = options.signal;
    this.#url = new URL(session.origin);
    this.#hasCredentials = session.hasCredentials;
    this.#repository = options.repository === undefined ? null : checkRepository(options.repository);
  }

  async resolve(): Promise<Outcome> {
    const addresses = await this.#session.guard.resolve(this.#url.hostname);
    const list = addresses.map(({ address }) => address).join(", ");
    return { state: "ok", detail: `${this.#url.hostname} is ${list}.` };
  }

  async connect(): Promise<Outcome> {
    const trial = await this.#session.transport.tryConnection(this.#session.origin, this.#signal);
    if (this.#signal?.aborted) throw aborted();
    if (trial.failure !== null && trial.tlsMs === null) throw trial.failure;
    this.tlsMs = trial.tlsMs ?? 0;
    this.#tlsFailure = trial.failure;
    return { state: "ok", detail: `${this.#url.host} accepts connections.` };
  }

  async tls(): Promise<Outcome> {
    if (this.#tlsFailure !== null) throw this.#tlsFailure;
    if (this.#url.protocol === "https:")
      return { state: "ok", detail: "The certificate is valid and trusted." };
    return { state: "limited", detail: "The connection is plain HTTP: anybody on the way can read it." };
  }

  async api(): Promise<Outcome> {
    const answer = await this.#session.transport.send({
      method: "GET",
      origin: this.#session.origin,
      path: "/v2/",
      headers: [
        "user-agent",
        this.#session.userAgent,
        "accept-encoding",
        "identity",
        "accept",
        "application/json",
      ],
      maxBytes: smallAnswer,
      signal: this.#signal,
    });
    if (answer.status !== 200 && answer.status !== 401)
      throw this.#session.errorOf(answer, "the registry API at /v2/");
    this.#challenged = answer.status === 401;
    const version = headerOf(answer.headers, "docker-distribution-api-version");
    this.#result.apiVersion = version === undefined ? null : version.slice(0, 60);
    const type = headerOf(answer.headers, "content-type") ?? "";
    if (answer.status === 200 && version === undefined && type.startsWith("text/html")) {
      return { state: "limited", detail: "/v2/ answers with a web page; this may be no registry." };
    }
    return {
      state: "ok",
      detail: this.#challenged ? "/v2/ answers and asks for credentials." : "/v2/ answers.",
    };
  }

  async authentication(): Promise<Outcome> {
    if (!this.#challenged) {
      this.#result.authentication = "none";
      if (!this.#hasCredentials) return { state: "ok", detail: "The registry asks for no credentials." };
      return {
        state: "limited",
        detail: "The registry asks for no credentials, so yours could not be checked.",
      };
    }
    await ping(this.#session, { signal: this.#signal });
    const { scheme, realm, isOwn } = this.#session.authenticator;
    this.#result.authentication = scheme;
    this.#result.realm = realm;
    if (isOwn) return { state: "ok", detail: `The tokens of this console are accepted (${realm}).` };
    const who = this.#hasCredentials
      ? "The credentials are accepted"
      : "Access without credentials is accepted";
    return { state: "ok", detail: realm === null ? `${who}.` : `${who}, by tokens of ${realm}.` };
  }

  async catalog(): Promise<Outcome> {
    const answer = await this.#ask("GET", "/v2/_catalog?n=1", [catalogScope]);
    if (answer === null)
      return limited("The catalogue did not answer in time; give the repositories as a list.");
    if (answer.status === 200) {
      const limits = { maxBytes: smallAnswer, maxDepth: 8 };
      const json = parseJsonObject(answer.body, "The catalogue", limits);
      const [first] = textListField(json, "repositories", "The catalogue", 100_000);
      this.#result.catalog = "yes";
      if (first !== undefined && isRepositoryName(first)) this.#repository ??= first;
      return {
        state: "ok",
        detail:
          first === undefined ? "The catalogue is there and empty." : "The catalogue lists repositories.",
      };
    }
    this.#result.catalog = "no";
    const denied = answer.status === 401 || answer.status === 403;
    const reason = denied ? "These credentials may not read the catalogue" : "The registry has no catalogue";
    return limited(`${reason}; give the repositories as a list, by events or by name.`);
  }

  async referrers(): Promise<Outcome> {
    if (this.#repository === null) return limited("Not known yet: there is no repository to try with.");
    const path = `/v2/${this.#repository}/referrers/${zeroDigest}`;
    const answer = await this.#ask("GET", path, [repositoryScope(this.#repository, "pull")]);
    if (answer === null) return limited("The referrers API did not answer in time.");
    const isPage = (headerOf(answer.headers, "content-type") ?? "").startsWith("text/html");
    if (answer.status === 200 && !isPage) {
      this.#result.referrers = "api";
      this.#session.referrersApi = "yes";
      return { state: "ok", detail: "The registry has the referrers API." };
    }
    const error = this.#session.errorOf(answer, "the referrers API");
    const undecided: RegistryErrorKind[] = ["unauthorized", "denied", "throttled", "server-error"];
    if (undecided.includes(error.kind) || error.code === "NAME_UNKNOWN") {
      return limited(`Not known: ${error.message}`);
    }
    this.#result.referrers = "fallback";
    this.#session.referrersApi = "no";
    return limited(
      "The registry has no referrers API; signatures and reports are found by their fallback tags.",
    );
  }

  async deletion(): Promise<Outcome> {
    if (this.#repository === null) return limited("Not known yet: there is no repository to try with.");
    const scopes = [repositoryScope(this.#repository, "pull", "delete")];
    const base = `/v2/${this.#repository}/manifests`;
    const byDigest = await this.#ask("DELETE", `${base}/${zeroDigest}`, scopes);
    if (byDigest === null) return limited("The registry did not say in time whether it allows deletion.");
    const error = this.#session.errorOf(byDigest, "a deletion");
    if (error.kind === "unsupported") {
      this.#result.deletion = "off";
      return limited("Deletion is switched off in this registry.");
    }
    if (error.kind === "denied" || error.kind === "unauthorized")
      return limited("These credentials may not delete.");
    if (byDigest.status !== 404) return limited("The registry did not say whether it allows deletion.");
    this.#result.deletion = "on";
    const tag = `wharfinger-probe-${randomBytes(12).toString("hex")}`;
    const byTag = await this.#ask("DELETE", `${base}/${tag}`, scopes);
    if (byTag?.status === 404) {
      this.#result.tagDeletion = "by-name";
      return { state: "ok", detail: "Manifests can be deleted, and single tags by their name." };
    }
    if (byTag?.status === 400 || byTag?.status === 405) {
      this.#result.tagDeletion = "by-digest-only";
      return {
        state: "ok",
        detail: "Manifests can be deleted; the registry cannot delete a single tag by its name.",
      };
    }
    return { state: "ok", detail: "Manifests can be deleted." };
  }

  /** Null when there was no answer in time: slow is no reason to give a registry up. */
  async #ask(method: "GET" | "DELETE", path: string, scopes: readonly string[]) {
    try {
      const request = {
        method,
        path,
        scopes,
        maxBytes: smallAnswer,
        deadlineMs: slowDeadlineMs,
        signal: this.#signal,
      };
      return await this.#session.send({ ...request, retry: "deferred" });
    } catch (error) {
      if (isRegistryError(error, "timeout", "too-large")) return null;
      throw error;
    }
  }
}

function limited(detail: string): Outcome {
  return { state: "limited", detail };
}
