import { expect, it } from "vitest";
import { evaluateCause, type TextVerdict } from "#lib/failures/rules-cause";

const unpack = (image: string) =>
  `Failed to pull image "${image}": rpc error: code = Unknown desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": `;
const daemon = "Error response from daemon: ";
const digest = `sha256:${"4a5b".repeat(16)}`;

/** How registries of many makes, and the way to them, are told of, with other names, each judged by hand. */
const table: [TextVerdict, string][] = [
  // clouds and makes of registries
  [
    "not-signed-in",
    `Failed to pull image "123.dkr.ecr.eu-west-1.example/web:latest": rpc error: code = Unknown desc = ${daemon}Get https://123.dkr.ecr.eu-west-1.example/v2/web/manifests/latest: no basic auth credentials`,
  ],
  [
    "no-grant",
    "CannotPullECRContainerError: AccessDeniedException: User: arn:aws:sts::1:assumed-role/App-Task is not authorized to perform: ecr:GetAuthorizationToken on resource: *",
  ],
  [
    "denied-or-missing",
    `${daemon}Head "https://europe-docker.example/v2/p/ml/app/manifests/4.19.5": denied: Permission "artifactregistry.repositories.downloadArtifacts" denied on resource "projects/p/locations/europe/repositories/ml" (or it may not exist)`,
  ],
  [
    "denied-or-missing",
    'getting image: GET https://r.example/v2/token?scope=repository%3Ap%2Fr%2Fapp%3Apull&service=r.example: DENIED: Permission "artifactregistry.repositories.downloadArtifacts" denied on resource "projects/p/locations/l/repositories/r" (or it may not exist)',
  ],
  [
    "not-signed-in",
    'denied: Unauthenticated request. Unauthenticated requests do not have permission "artifactregistry.repositories.downloadArtifacts" on resource "projects/p/locations/us/repositories/x" (or it may not exist)',
  ],
  [
    "credentials-expired",
    "AADSTS7000222: The provided client secret keys for app '***' are expired. Visit the portal to create new keys for your app",
  ],
  ["credentials-expired", "AADSTS700082: The refresh token has expired due to inactivity."],
  [
    "unauthorized",
    "Get https://acr.example/v2/img/manifests/3322: unauthorized: authentication required, visit https://aka.ms/acr/authorization for more information.",
  ],
  [
    "wrong-credentials",
    "remote: HTTP Basic: Access denied. The provided password or token is incorrect or your account has 2FA enabled",
  ],
  [
    "blocked-by-policy",
    "Error: GET https://harbor.example/v2/project/repo/manifests/tag: PROJECTPOLICYVIOLATION: The image is not signed by cosign.",
  ],
  [
    "blocked-by-policy",
    `${unpack("harbor.example/team/api:1")}unexpected status from HEAD request to https://harbor.example/v2/team/api/manifests/1: 412 Precondition Failed`,
  ],
  [
    "blocked-by-policy",
    "unknown: current image without vulnerability scanning cannot be pulled due to configured policy in 'Prevent images with vulnerability severity of \"Low\" or higher from running.'",
  ],
  [
    "unauthorized",
    "unauthorized: unauthorized to access repository: team/api, action: pull: unauthorized to access repository: team/api, action: pull",
  ],
  ["not-found", "unknown: artifact team/api:v9 not found"],
  [
    "unauthorized",
    "unauthorized: You don't have the needed permissions to perform this operation, and you may have invalid credentials. To authenticate your request, follow the steps in: https://docs.example/advanced",
  ],
  [
    "not-signed-in",
    'Error syncing pod, skipping: failed to "StartContainer" for "zre" with ErrImagePull: "API error (500): Get https://1.dkr.ecr.example/v2/zre/manifests/latest: no basic auth credentials"',
  ],
  ["unauthorized", "Authentication is required."],
  [
    "not-found",
    'name unknown: The repository with name "orders" does not exist in the registry with id "123456789012"',
  ],
  [
    "blocked-by-policy",
    "HTTP Error Code 403: Artifact download request rejected: team/api/1/manifest.json was not downloaded due to the download blocking policy configured in Xray for docker-local.",
  ],
  [
    "blocked-by-policy",
    'pods "hello-app-6589454ddd-wlkbg" is forbidden: image policy webhook backend denied one or more images: Denied by cluster admission rule for us.staging. Denied by Attestor.',
  ],
  ["no-grant", "pulling from host gcr.example failed with status code [manifests 1.0.0]: 403 Forbidden"],
  [
    "timeout",
    "ACR acr.example rejected token exchange: failed to send token exchange request: Post https://acr.example/oauth2/exchange: dial tcp 10.201.3.5:443: i/o timeout",
  ],
  [
    "unauthorized",
    "Access to registry 'acr.example' was denied. Response code: 401. Please try again to refresh permissions.",
  ],
  ["throttled", "CONNECTIVITY_REFRESH_TOKEN_ERROR, Response code: 429"],
  [
    "wrong-credentials",
    "unauthorized: your account must log in with a Personal Access Token (PAT) - learn more at docs.example/go/access-tokens",
  ],
  ["wrong-credentials", "unauthorized: Could not find robot with username: team+ci and supplied password."],
  [
    "not-found",
    "Error reading manifest v1 in quay.example/team/api: unknown: Tag v1 was deleted or has expired. To pull, revive via time machine",
  ],
  ["no-grant", "denied: permission_denied: The token provided does not match expected scopes."],
  [
    "denied-or-missing",
    "Error response from daemon: repository team/api not found: does not exist or no pull access",
  ],
  ["not-found", "Tag v9 not found in repository docker.io/team/api"],
  // the way to the registry
  [
    "name-not-resolved",
    'Get "https://r.example/v2/": dial tcp: lookup r.example on [::1]:53: read udp [::1]:40000->[::1]:53: read: connection refused',
  ],
  [
    "cannot-connect",
    'Get "https://r.example/v2/": write tcp 10.0.0.2:40000->10.0.0.9:443: use of closed network connection',
  ],
  ["cannot-connect", 'Get "https://r.example/v2/": http2: client connection lost'],
  ["cannot-connect", 'Get "https://r.example/v2/": dial tcp 10.0.0.9:443: connect: permission denied'],
  [
    "http-not-https",
    'Get "http://r.example/v2/": net/http: HTTP/1.x transport connection broken: malformed HTTP response "\\x15\\x03\\x01\\x00\\x02\\x02"',
  ],
  [
    "timeout",
    '(HTTP code 500) server error - {"message":"Get https://r.example/v2/: net/http: TLS handshake timeout"}',
  ],
  // names that are words, or parts of words
  [
    "timeout",
    'Failed to pull image "e": failed to resolve reference "docker.io/library/e:latest": failed to do request: Head "https://r.example/v2/library/e/manifests/latest": dial tcp 203.0.113.9:443: i/o timeout',
  ],
  [
    "not-found",
    'Failed to pull image "timeout": rpc error: code = Unknown desc = Error response from daemon: manifest for timeout:latest not found: manifest unknown',
  ],
  // the machine's own store
  [
    "unknown",
    `failed to unpack image on snapshotter overlayfs: failed to extract layer ${digest}: failed to get reader from content store: content digest ${digest}: not found`,
  ],
  [
    "unknown",
    `Error committing the finished image: error reading layer "5f70bf18a086" for blob "${digest}": error creating overlay mount to /mnt/overlay/5f70/merged: no such file or directory`,
  ],
  [
    "unknown",
    `failed to prepare extraction snapshot "extract-549308819-2Mnm ${digest}": parent snapshot ${digest} does not exist: not found`,
  ],
  [
    "unknown",
    `locking ref k8s.io/2/layer-${digest} failed: ref k8s.io/2/layer-${digest} locked: unavailable`,
  ],
  [
    "unknown",
    'error getting credentials - err: exec: "docker-credential-desktop.exe": executable file not found in $PATH, out: ``',
  ],
  ["unknown", 'reading image "beb1cfa128": locating image with ID "beb1cfa128": image not known'],
];

it.each(table)("%s: %s", (cause, text) => {
  expect(evaluateCause(text)).toBe(cause);
});
