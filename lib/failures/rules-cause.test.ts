import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluateCause } from "#lib/failures/rules-cause";
import { failureCauses } from "#lib/failures/schema";

const samples = join(import.meta.dirname, "..", "..", "..", "shared", "reference", "samples", "k8s-events");
const fromSample: Record<string, string[]> = {
  not_found: ["not-found"],
  unauthorized: ["unauthorized", "not-signed-in"],
  denied: ["no-grant", "denied-or-missing", "not-signed-in"],
  platform: ["no-platform"],
  x509: ["tls-not-trusted"],
  x509_name: ["tls-not-trusted"],
  http_vs_https: ["http-not-https"],
  connection_refused: ["cannot-connect"],
  connection_reset: ["cannot-connect"],
  no_such_host: ["name-not-resolved"],
  io_timeout: ["timeout"],
  denied_or_missing: ["denied-or-missing"],
  digest_mismatch: ["digest-mismatch"],
  rate_limited: ["throttled"],
  acr_firewall: ["address-not-allowed"],
  server_5xx: ["registry-error"],
  none_boilerplate: ["no-cause-in-text"],
  credentials_expired: ["credentials-expired"],
  proxy: ["proxy"],
  invalid_name: ["malformed-reference"],
};

describe("causes of real messages", () => {
  const file = join(samples, "pull-failure-messages.json");
  const messages: { cause: string; message: string }[] = existsSync(file)
    ? JSON.parse(readFileSync(file, "utf8"))
    : [];
  it.skipIf(messages.length === 0)("samples of public projects", () => {
    const wrong = messages
      .map(({ cause, message }) => ({ cause, said: evaluateCause(message), message }))
      .filter(({ cause, said }) => !fromSample[cause]?.includes(said));
    expect(wrong).toEqual([]);
  });
});

/** Messages of clients in their own words, with names of our own. */
const table: [string, string][] = [
  ["not-found", "reading manifest v9 in localhost:5000/team/api: manifest unknown: manifest unknown"],
  [
    "not-found",
    'ctr: failed to resolve reference "localhost:5000/team/api:v9": localhost:5000/team/api:v9: not found',
  ],
  [
    "not-found",
    "Error response from daemon: manifest for registry.example/team/api:v9 not found: manifest unknown",
  ],
  ["content-missing", "reading blob sha256:aaaaaaaaaaaaaaaa: blob unknown to registry"],
  [
    "content-missing",
    "failed to copy: httpReadSeeker: failed open: content at https://r.example/v2/a/blobs/sha256:aaaaaaaaaaaaaaaa not found: not found",
  ],
  [
    "not-signed-in",
    "failed to pull: failed to fetch anonymous token: unexpected status from GET request to https://r.example/token: 403 Forbidden",
  ],
  [
    "not-signed-in",
    "Error response from daemon: Head https://r.example/v2/a/manifests/1: no basic auth credentials",
  ],
  [
    "wrong-credentials",
    "failed to authorize: failed to fetch oauth token: unexpected status from POST request to https://r.example/token: 401 Unauthorized",
  ],
  [
    "wrong-credentials",
    "unable to retrieve auth token: invalid username/password: unauthorized: incorrect username or password",
  ],
  ["credentials-expired", "denied: Your authorization token has expired. Reauthenticate and try again."],
  [
    "unauthorized",
    "unexpected status from HEAD request to https://r.example/v2/a/manifests/1: 401 Unauthorized",
  ],
  ["no-grant", "unexpected status from HEAD request to https://r.example/v2/a/manifests/1: 403 Forbidden"],
  [
    "denied-or-missing",
    "pull access denied for team/api, repository does not exist or may require 'docker login'",
  ],
  ["no-platform", "no matching manifest for linux/arm64/v8 in the manifest list entries"],
  [
    "no-platform",
    'choosing an image from manifest list docker://r.example/a: no image found in image index for architecture s390x, variant "", OS linux',
  ],
  [
    "blocked-by-policy",
    "current image with 3 vulnerabilities cannot be pulled due to configured policy in 'Prevent images with vulnerability severity of Critical'",
  ],
  ["blocked-by-policy", "Source image rejected: A signature was required, but no signature exists"],
  ["throttled", "unexpected status code 429 Too Many Requests"],
  ["throttled", "pull QPS exceeded"],
  ["registry-error", "received unexpected HTTP status: 502 Bad Gateway"],
  [
    "registry-error",
    "unexpected status from HEAD request to https://r.example/v2/a/manifests/1: 504 Gateway Timeout",
  ],
  ["timeout", 'Get "https://r.example/v2/": net/http: TLS handshake timeout'],
  [
    "timeout",
    'Get "https://r.example/v2/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  ],
  [
    "timeout",
    "dial tcp: lookup r.example on 10.0.0.10:53: read udp 10.0.0.9:5000->10.0.0.10:53: i/o timeout",
  ],
  ["name-not-resolved", "dial tcp: lookup r.example: server misbehaving"],
  ["cannot-connect", 'Head "https://r.example/v2/a/manifests/1": EOF'],
  ["cannot-connect", "dial tcp 10.1.2.3:5000: connect: no route to host"],
  ["proxy", "proxyconnect tcp: dial tcp 10.0.0.9:3128: connect: connection refused"],
  ["tls-not-trusted", 'Get "https://r.example/v2/": remote error: tls: bad certificate'],
  ["http-not-https", 'Get "https://r.example/v2/": http: server gave HTTP response to HTTPS client'],
  ["http-not-https", "tls: first record does not look like a TLS handshake"],
  ["digest-mismatch", "filesystem layer verification failed for digest sha256:aaaaaaaaaaaaaaaa"],
  [
    "malformed-reference",
    'Failed to apply default image tag "Team/API:v1": couldn\'t parse image name "Team/API:v1": invalid reference format: repository name must be lowercase',
  ],
  ["node-disk-full", "write /var/lib/containerd/tmp/x: no space left on device"],
  ["no-cause-in-text", 'Back-off pulling image "r.example/team/api:v1"'],
  ["no-cause-in-text", 'Failed to pull image "r.example/team/api:v1"'],
  ["not-a-failed-pull", "Back-off restarting failed container api in pod api-1_prod(0)"],
  ["not-a-failed-pull", 'Successfully pulled image "r.example/team/api:v1" in 2s'],
  ["unknown", "something nobody has seen before"],
];

it.each(table)("%s: %s", (cause, text) => {
  expect(evaluateCause(text)).toBe(cause);
});

it("is not led by words inside of names, digests and addresses", () => {
  const words = [
    "timeout",
    "unauthorized",
    "denied",
    "not-found",
    "proxyconnect",
    "x509",
    "503",
    "eof",
    "quarantine",
  ];
  fc.assert(
    fc.property(fc.constantFrom(...words), fc.constantFrom(...words), (name, tag) => {
      const image = `r.example/${name}/${name}:${tag}`;
      expect(evaluateCause(`Back-off pulling image "${image}"`)).toBe("no-cause-in-text");
      expect(
        evaluateCause(
          `failed to resolve reference "${image}": unexpected status from HEAD request to https://r.example/v2/${name}/manifests/${tag}: 500 Internal Server Error`,
        ),
      ).toBe("registry-error");
    }),
  );
});

it("answers for any text, quickly", () => {
  const known = new Set<string>([...failureCauses, "not-a-failed-pull"]);
  fc.assert(
    fc.property(fc.string({ maxLength: 2_000 }), (text) => {
      expect(known.has(evaluateCause(text))).toBe(true);
    }),
  );
  for (const piece of [
    "blob ",
    "proxy ",
    "policy denied by ",
    "fetch anonymous token ",
    'image "',
    "a/b:c ",
    "[[[",
    "client with ip ",
    "failed to pull image ",
    "failed to pull image REF:: ",
    "lookup a on b: ",
    "due to a-",
    "token is ",
    ": denied",
    'image "a:b" ',
  ]) {
    const begun = performance.now();
    evaluateCause(piece.repeat(16_384));
    expect(performance.now() - begun).toBeLessThan(500);
  }
});
