import type { Enforcement, TokenMode } from "#lib/enforcement/schema";

/** What a registry has to know so that it believes our tokens and no others. */
export interface TokenTrust {
  realm: string;
  service: string;
  issuer: string;
  /** The long-lived root that every signing certificate of this registry comes from. */
  rootPem: string;
  /** Every key that signs now, did lately or will next. */
  jwks: { keys: readonly object[] };
  /** The key that signs now, as PEM. */
  publicKeyPem: string;
}

type Setup = Enforcement["setup"][number];

/** The `auth` section of distribution 2.8 and 3. */
export function prepareDistributionAuth(
  trust: Pick<TokenTrust, "realm" | "service" | "issuer">,
  file: { rootCertBundle: string } | { jwks: string },
) {
  const { realm, service, issuer } = trust;
  const named =
    "jwks" in file
      ? { jwks: file.jwks, signingalgorithms: ["ES256"] }
      : { rootcertbundle: file.rootCertBundle };
  return { token: { realm, service, issuer, ...named } };
}

/** The `http.auth` section of zot. */
export function prepareZotAuth(trust: Pick<TokenTrust, "realm" | "service">, certFile: string) {
  return { bearer: { realm: trust.realm, service: trust.service, cert: certFile } };
}

const folder = "/etc/wharfinger";

/** What an operator pastes and which files go beside it, for each kind of registry. */
export function prepareSetup(trust: TokenTrust): Setup[] {
  return [prepareForDistribution2(trust), prepareForDistribution3(trust), prepareForZot(trust)];
}

/** The one configuration of a kind and mode, or the first for the mode. */
export function findSetup(setup: readonly Setup[], mode: TokenMode): Setup | undefined {
  return setup.find((one) => one.tokenMode === mode);
}

function prepareForDistribution2(trust: TokenTrust): Setup {
  const name = `${trust.service}-root.pem`;
  return {
    registryKind: "distribution-2.8",
    tokenMode: "certificate",
    files: [{ name, content: trust.rootPem }],
    configuration: formatDistributionAuth(trust, [`rootcertbundle: ${folder}/${name}`]),
    notes: [
      `Put ${name} into ${folder} beside the registry, replace the auth section of its config.yml, and restart it.`,
      "The certificate is the long-lived root of this registry: new signing keys come from the same root, so a rotation needs no change here.",
      sameHostNote(trust),
      lifeNote(60),
    ],
  };
}

function prepareForDistribution3(trust: TokenTrust): Setup {
  const name = `${trust.service}.jwks.json`;
  return {
    registryKind: "distribution-3",
    tokenMode: "jwks",
    files: [{ name, content: `${JSON.stringify(trust.jwks, null, 2)}\n` }],
    configuration: formatDistributionAuth(trust, [
      `jwks: ${folder}/${name}`,
      "signingalgorithms:",
      "  - ES256",
    ]),
    notes: [
      `Put ${name} into ${folder} beside the registry, replace the auth section of its config.yml, and restart it. The same document is served at ${trust.realm}/jwks?service=${trust.service}.`,
      "The file is read when the registry starts. To rotate: prepare a next key, give the registry the new file and restart it, then activate the key.",
      `Where clients reach the registry by several names, autoredirect: true with autoredirectpath: ${new URL(trust.realm).pathname} names the token service at the host that the client came by.`,
      sameHostNote(trust),
      lifeNote(60),
    ],
  };
}

function prepareForZot(trust: TokenTrust): Setup {
  const name = `${trust.service}.pem`;
  const auth = prepareZotAuth(trust, `${folder}/${name}`);
  return {
    registryKind: "zot",
    tokenMode: "key",
    files: [{ name, content: trust.publicKeyPem }],
    configuration: `${JSON.stringify({ http: { auth } }, null, 2)}\n`,
    notes: [
      `Put ${name} into ${folder} beside the registry, replace http.auth of its configuration, remove http.accessControl, and restart it.`,
      "zot knows one key: a rotation is a change of its configuration. Activate the next key, replace the file and restart zot right after; tokens of the key before are refused from then on.",
      "zot mounts a layer into a repository for whoever may push there and knows the layer's digest, also from a repository that they may not pull from: where layers are secret, take distribution.",
      "zot allows no difference of clocks: keep the clocks of zot and of this console in step (NTP), or fresh tokens are refused.",
      sameHostNote(trust),
      lifeNote(0),
    ],
  };
}

function formatDistributionAuth(trust: TokenTrust, lines: readonly string[]): string {
  const { realm, service, issuer } = trust;
  const all = [`realm: ${realm}`, `service: ${service}`, `issuer: ${issuer}`, ...lines];
  return `auth:\n  token:\n${all.map((line) => `    ${line}\n`).join("")}`;
}

function sameHostNote({ realm }: TokenTrust): string {
  const { pathname } = new URL(realm);
  return `Let clients reach both under one host name: the proxy sends /v2/ to the registry and ${pathname} to this console. crane, cosign and oras refuse some token services on another host.`;
}

function lifeNote(leewaySeconds: number): string {
  const life = leewaySeconds === 0 ? "5 minutes" : "6 minutes";
  const why = leewaySeconds === 0 ? "" : `, and the registry takes them ${leewaySeconds} seconds longer`;
  return `A token that was given out before a grant was revoked works for up to ${life}: tokens live for 5 minutes${why}.`;
}
