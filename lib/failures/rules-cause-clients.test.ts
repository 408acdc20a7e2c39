import { expect, it } from "vitest";
import { evaluateCause, type TextVerdict } from "#lib/failures/rules-cause";

const unpack = (image: string) =>
  `Failed to pull image "${image}": rpc error: code = Unknown desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": `;
const daemon = "Error response from daemon: ";
const digest = `sha256:${"4a5b".repeat(16)}`;

/** How clients of many kinds say it, with other names, each judged by hand. */
const table: [TextVerdict, string][] = [
  // containerd, as the kubelet repeats it
  ["not-found", `${unpack("r.example/team/api:v9")}r.example/team/api:v9: not found`],
  [
    "timeout",
    `${unpack("k.example/pause:3.9")}failed to do request: Head "https://k.example/v2/pause/manifests/3.9": dial tcp 203.0.113.9:443: connect: connection timed out`,
  ],
  ["cannot-connect", `${unpack("r.example/devops/ci:lts")}unexpected EOF`],
  [
    "cannot-connect",
    `${unpack("docker.io/team/plus:latest")}failed to authorize: failed to fetch anonymous token: Get "https://auth.example/token?scope=repository%3Ateam%2Fplus%3Apull&service=r.example": EOF`,
  ],
  [
    "timeout",
    'Failed to pull image "r.example/app:2": rpc error: code = Unknown desc = context deadline exceeded',
  ],
  ["timeout", "cancel pulling image r.example/csg/collector:2025 because of no progress in 1m0s"],
  [
    "unknown",
    'PullImage "r.example/csg/collector:2025" failed error="rpc error: code = Canceled desc = failed to pull and unpack image "r.example/csg/collector:2025": context canceled"',
  ],
  [
    "registry-error",
    `failed to copy: httpReadSeeker: failed open: unexpected status code https://r.example/v2/prom/busybox/blobs/${digest}: 502 Bad Gateway`,
  ],
  [
    "unknown",
    `failed to copy: httpReadSeeker: failed open: unexpected status code https://mirror.example/v2/library/nginx/blobs/${digest}?ns=docker.io: 400 Bad Request`,
  ],
  [
    "tls-not-trusted",
    `${unpack("h.example/mtk/devices:v7")}failed to do request: Head "https://h.example/v2/mtk/devices/manifests/v7": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2025-06-12T03:05:25Z is after 2025-06-07T05:48:45Z`,
  ],
  [
    "tls-not-trusted",
    'Get "https://ngc.example/v2/": x509: certificate relies on legacy Common Name field, use SANs or temporarily enable Common Name matching with GODEBUG=x509ignoreCN=0',
  ],
  [
    "no-grant",
    `${daemon}unknown: failed to resolve reference "r.example/team/voy:latest": unexpected status from HEAD request to https://r.example/v2/team/voy/manifests/latest: 403 Forbidden`,
  ],
  [
    "denied-or-missing",
    'level=fatal msg="failed to resolve reference \\"docker.io/library/pull:latest\\": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed"',
  ],
  [
    "denied-or-missing",
    "failed to solve: pull access denied, repository does not exist or may require authorization: authorization status: 401: authorization failed",
  ],
  [
    "unknown",
    `failed to unpack image on snapshotter overlayfs: unexpected media type text/html for ${digest}: not found`,
  ],
  [
    "node-disk-full",
    `failed to extract layer (application/vnd.oci.image.layer.v1.tar+gzip ${digest}) to overlayfs as "extract-2601-WDeK ${digest}": write /var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/105/fs/home/x/.cache/go/27: no space left on device`,
  ],
  [
    "unknown",
    `failed to extract layer ${digest}: failed to mount /var/lib/containerd/tmpmounts/containerd-mount788433525: input/output error: unknown`,
  ],
  [
    "unknown",
    'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"',
  ],
  ["unknown", "rpc error: code = Unavailable desc = transport is closing"],
  [
    "throttled",
    `${unpack("docker.io/library/redis:7")}unexpected status from HEAD request to https://registry-1.example/v2/library/redis/manifests/7: 429 Too Many Requests\ntoomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.example/increase-rate-limit`,
  ],
  // docker, cri-dockerd, and what stands on the API of docker
  ["unauthorized", `${daemon}Head "https://ghcr.example/v2/team/relay/manifests/latest": unauthorized`],
  ["denied-or-missing", `${daemon}Head "https://ghcr.example/v2/team/ui/manifests/latest": denied: denied`],
  ["denied-or-missing", `${daemon}Head "https://ghcr.example/v2/team/hook/manifests/main": denied`],
  [
    "denied-or-missing",
    'ERROR: Head "https://registry.gitlab.example/v2/team/mail/manifests/latest": denied: access forbidden',
  ],
  [
    "denied-or-missing",
    'Error ((HTTP code 500) server error - Head "https://registry.gitlab.example/v2/group/project/manifests/latest": denied: access forbidden)',
  ],
  [
    "timeout",
    '(HTTP code 500) server error - Get "https://r.example/v2/": dial tcp 10.1.1.1:443: i/o timeout',
  ],
  ["not-found", '"API error (500): manifest unknown: manifest unknown"'],
  ["not-found", `${daemon}manifest unknown`],
  [
    "not-found",
    `ErrImagePull: rpc error: code = Unknown desc = ${daemon}manifest for team/leader:v1.0-rc9 not found: manifest unknown: manifest unknown`,
  ],
  ["not-found", "Error: image team/ubuntu:v1 not found"],
  ["unknown", `${daemon}manifest invalid: manifest invalid`],
  [
    "registry-error",
    `Failed to pull image "r.example/x/analysis:2.7.3": rpc error: code = Unknown desc = error pulling image configuration: received unexpected HTTP status: 502 Bad Gateway`,
  ],
  [
    "tls-not-trusted",
    "error pulling image configuration: Get https://cdn.example/registry-v2/docker/registry/v2/blobs/sha256/05/05cb/data?<...>: x509: certificate has expired or is not yet valid",
  ],
  [
    "node-disk-full",
    "failed to register layer: Error processing tar file(exit status 1): write /lib/x86_64-linux-gnu/libdns-export.so.162.1.3: no space left on device",
  ],
  [
    "node-disk-full",
    "failed to register layer: ApplyLayer exit status 1 stdout:  stderr: write /usr/local/src/perf_video.gch: no space left on device",
  ],
  ["no-platform", "no matching manifest for windows/amd64 10.0.16299 in the manifest list entries"],
  ["no-platform", 'image operating system "windows" cannot be used on this platform'],
  ["proxy", "https://registry-1.example proxy authentication required"],
  [
    "proxy",
    `${daemon}Get "https://registry-1.example/v2/": proxyconnect tcp: dial tcp: lookup proxy.corp.example: no such host`,
  ],
  ["proxy", `${daemon}Get "https://registry-1.example/v2/": Proxy Authentication Required`],
  [
    "unknown",
    "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
  ],
  [
    "unknown",
    'error during connect: This error may indicate that the docker daemon is not running.: Post "http://%2F%2F.%2Fpipe%2Fdocker_engine/v1.24/images/create": open //./pipe/docker_engine: The system cannot find the file specified.',
  ],
  [
    "http-not-https",
    `${daemon}Get "https://192.0.2.7:5000/v2/": http: server gave HTTP response to HTTPS client`,
  ],
  // containers/image: podman, skopeo, CRI-O
  [
    "denied-or-missing",
    "Error: initializing source docker://team/arm:latest: reading manifest latest in docker.io/team/arm: requested access to the resource is denied",
  ],
  [
    "denied-or-missing",
    "Error: initializing source docker://team/arm:latest: reading manifest latest in docker.io/team/arm: errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required",
  ],
  [
    "wrong-credentials",
    "Error determining manifest MIME type for docker://alpine:latest: unable to retrieve auth token: invalid username/password",
  ],
  [
    "wrong-credentials",
    "initializing source docker://quay.example/boot/builder:1: unable to retrieve auth token: invalid username/password: unauthorized: Invalid Username or Password",
  ],
  [
    "not-found",
    `Failed to pull image "r.example/origin/4@${digest}": rpc error: code = Unknown desc = Error reading manifest ${digest} in r.example/origin/4: manifest unknown: manifest unknown`,
  ],
  [
    "not-found",
    "Error initializing source docker://opensuse.example/team/nexus:latest: Error reading manifest latest in opensuse.example/team/nexus: name unknown",
  ],
  [
    "not-found",
    "Error reading manifest latest in quay.example/site: error parsing HTTP 404 response body: invalid character '<' looking for beginning of value: \"<!DOCTYPE HTML>\\n<title>404 Not Found</title>\"",
  ],
  [
    "no-grant",
    'reading manifest 1.2 in r.example/team/api: error parsing HTTP 403 response body: unexpected end of JSON input: ""',
  ],
  [
    "unknown",
    "Error initializing image from source docker://registry:5000/base/alpine: invalid character '<' looking for beginning of value",
  ],
  [
    "unauthorized",
    "Error reading manifest 1.0.0 in quay.example/team/operator-index: unauthorized: access to the requested resource is not authorized",
  ],
  [
    "registry-error",
    "error pinging docker registry 192.0.2.1:5000: invalid status code from registry 502 (Bad Gateway)",
  ],
  [
    "no-grant",
    "initializing source docker://r.example/team/api:1: Requesting bearer token: invalid status code from registry 403 (Forbidden)",
  ],
  [
    "not-found",
    "initializing source docker://r.example/team/api:1: Requesting bearer token: invalid status code from registry 404 (Not Found)",
  ],
  ["throttled", "Requesting bearer token: invalid status code from registry 429 (Too Many Requests)"],
  [
    "registry-error",
    "unexpected http code: 500 (Internal Server Error), URL: https://quay.example/v2/auth?scope=repository%3Acrio%2Fredis%3Apull&service=quay.example",
  ],
  [
    "registry-error",
    "copying system image from manifest list: parsing image configuration: fetching blob: received unexpected HTTP status: 502 Bad Gateway",
  ],
  [
    "blocked-by-policy",
    "copying system image from manifest list: Source image rejected: A signature was required, but no signature exists",
  ],
  [
    "blocked-by-policy",
    'SignatureValidationFailed: Source image rejected: Required email user@example.com not found (got []string{"other@example.com"})',
  ],
  [
    "blocked-by-policy",
    "Source image rejected: Running image docker://r.example/team/api:1 is rejected by policy.",
  ],
  ["unknown", 'invalid policy in "/etc/containers/policy.json": Unknown key "keyPaths"'],
  [
    "name-not-resolved",
    'pinging container registry reg.internal.example: Get "https://reg.internal.example/v2/": dial tcp: lookup reg.internal.example on 10.96.0.10:53: no such host',
  ],
  [
    "timeout",
    'pinging container registry reg.internal.example: Get "https://reg.internal.example/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
  ],
  // builders: BuildKit, kaniko, jib
  [
    "denied-or-missing",
    "ERROR: failed to solve: builder: failed to resolve source metadata for docker.io/library/builder:latest: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
  ],
  [
    "wrong-credentials",
    "failed to solve: ghcr.example/team/gdg:0.3.1: failed to authorize: failed to fetch oauth token: unexpected status: 403 Forbidden",
  ],
  [
    "wrong-credentials",
    'error building image: GET https://auth.example/token?scope=repository%3Alibrary%2Fdebian%3Apull&service=r.example: unexpected status code 401 Unauthorized: {"details":"incorrect username or password"}',
  ],
  [
    "unauthorized",
    "error building image: GET https://172.20.2.150:16001/v2/token?scope=repository%3Anginx%3Apull&service=x: unexpected status code 401 Unauthorized",
  ],
  [
    "unauthorized",
    "error building image: GET https://index.example/v2/library/builder/manifests/latest: UNAUTHORIZED: authentication required; [map[Action:pull Class: Name:library/builder Type:repository]]",
  ],
  [
    "not-found",
    'failed to get manifest response for tag, skipping (404): {"errors":[{"code":"MANIFEST_UNKNOWN","message":"The named manifest is not known to the registry.","detail":{"manifest":"library/haproxy"}}]}',
  ],
  ["not-found", "The named manifest is not known to the registry."],
  [
    "registry-error",
    "failed to load cache key: unexpected status from HEAD request to https://mirror.example/v2/library/alpine/manifests/3: 503 Service Unavailable",
  ],
  // what the kubelet says of itself
  [
    "malformed-reference",
    `Failed to apply default image tag "None:None": couldn't parse image reference "None:None": invalid reference format: repository name must be lowercase`,
  ],
  [
    "malformed-reference",
    `Failed to apply default image tag "https://h.example/release/name:1.1.0": couldn't parse image reference "https://h.example/release/name:1.1.0": invalid reference format`,
  ],
  ["malformed-reference", "Error: InvalidImageName"],
  ["unknown", 'Container image "nginx:latest" is not present with pull policy of Never'],
  ["no-cause-in-text", "Error: ErrImageNeverPull"],
  ["no-cause-in-text", "Error: ImageInspectError"],
  [
    "not-found",
    "image pull failed for team/bar, this may be because there are no credentials on this request. details: (Error: image team/bar not found)",
  ],
  ["unknown", "failed to extract layer: mkdir /var/lib/containerd/x: permission denied"],
  [
    "unknown",
    "Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",
  ],
  [
    "no-cause-in-text",
    'Failed to pull image "mysql:8.2.0": rpc error: code = Unknown desc = failed to pull and unpack image "docker.io/library/mysql:8.2.0"',
  ],
  ["not-a-failed-pull", 'Container image "r.example/team/api:v1" already present on machine'],
  ["not-a-failed-pull", "Back-off restarting failed container"],
  [
    "digest-mismatch",
    `failed commit on ref "layer-${digest}": "layer-${digest}" failed size validation: 1024 != 2048: failed precondition`,
  ],
];

it.each(table)("%s: %s", (cause, text) => {
  expect(evaluateCause(text)).toBe(cause);
});
