import { type KnownImage, rankNearestTags } from "#lib/failures/rules-diagnosis";
import type { FailureCause, NextStep } from "#lib/failures/schema";
import { formatNewGrantHref } from "#lib/grants/format-new-grant-href";

/** Who could not pull, where it is a principal of ours that the reader may see. */
export interface KnownWho {
  id: string;
  name: string;
  /** As grants name it: `robot:ci`. */
  reference: string;
}

/** Why, in words for whoever has to mend it. */
const explanations: Record<FailureCause, string> = {
  "not-signed-in": "The client sent no credentials, and this repository is not open to everybody.",
  "wrong-credentials": "The registry knows the way in but not this user name and secret.",
  "credentials-expired": "The secret or token that the client holds has expired.",
  unauthorized: "The registry wants a sign-in. The text does not say whether credentials were sent.",
  "no-grant": "The registry knows who asks, and they may not pull from this repository.",
  "denied-or-missing":
    "The registry refused, and hides whether the repository is missing or merely closed to whoever asked.",
  "not-found": "The registry has no manifest under this tag or digest.",
  "tag-never-existed": "No such tag has ever been seen in this repository.",
  "tag-deleted": "The tag was there, and was deleted.",
  "content-missing":
    "The manifest stands, but a blob or child manifest that it names is gone from the registry.",
  "no-platform": "The image exists, but not for the platform of this node.",
  "blocked-by-policy":
    "A policy of the registry or the cluster refused this image. The credentials are not the reason.",
  "address-not-allowed": "A firewall rule of the registry does not let this client's address in.",
  throttled: "The client asked more often than it may in the time.",
  "registry-error": "The registry, or the token service before it, failed with an error of its own.",
  "name-not-resolved": "The host name of the registry was not found in DNS.",
  "cannot-connect": "No connection to the registry could be made, or it was cut.",
  timeout: "Nothing answered in time: the registry is slow, or something on the way swallows packets.",
  "tls-not-trusted": "The client does not trust the registry's certificate, or it is for another name.",
  "http-not-https": "One side speaks HTTP and the other HTTPS.",
  proxy: "The proxy between the client and the registry refused or could not be reached.",
  "digest-mismatch":
    "What arrived is not what the manifest promised: it was cut or changed on the way, or in storage.",
  "malformed-reference": "This is not a valid image reference.",
  "node-disk-full": "The node has no room left for the image.",
  "no-cause-in-text": "The text only repeats that the pull failed. The cause is in an earlier event.",
  unknown: "This message is not one that we know.",
};

/** What to do where no page of ours can do it. */
const advice: Partial<Record<FailureCause, string>> = {
  "not-signed-in":
    "Give the client credentials: docker login, or an imagePullSecret on the pod's service account.",
  "wrong-credentials": "Check user name and secret in the pull secret, and that it is for this very host.",
  "credentials-expired":
    "Make a new secret and replace the pull secret with it. Short-lived cloud tokens need a helper that renews them.",
  unauthorized: "Check that the pull secret exists in the pod's namespace and names this very host.",
  "no-grant": "Give the client pull for this repository.",
  "denied-or-missing": "Check the spelling of the repository first, then what the client may pull.",
  "not-found": "Check the spelling of repository and tag, and that the build pushed it.",
  "tag-never-existed": "Check the spelling of the tag, and that the build pushed it.",
  "content-missing":
    "Push the image again. If it happens with several images, check the registry's garbage collection.",
  "no-platform":
    "Build and push the image for this platform as well, or schedule the pod on a node that fits.",
  "blocked-by-policy":
    "Read which policy it was in the message, and mend the image: sign it, update it, or have it released.",
  "address-not-allowed":
    "Add the client's address, or its private endpoint, to the registry's network rules.",
  throttled: "Sign in for a higher limit, pull less often, or pull through a cache.",
  "registry-error": "Look at the registry's own log at that time. Clients try again by themselves.",
  "name-not-resolved": "Check the spelling of the host, and that the node's DNS can resolve it.",
  "cannot-connect":
    "Check that the registry runs, and that host, port and network rules let the node reach it.",
  timeout: "Check the way from the node to the registry: firewall, MTU, DNS and the load of the registry.",
  "tls-not-trusted":
    "Give the node the CA that signed the certificate, or use the name that the certificate is for.",
  "http-not-https":
    "Set the registry up with TLS, or tell the client's runtime that this registry speaks plain HTTP.",
  proxy:
    "Check the proxy settings of the container runtime; put the registry on its no-proxy list if it is inside.",
  "digest-mismatch": "Try again. If it stays, push the image again and check caches and proxies on the way.",
  "malformed-reference": "Repository names are lower case; a tag has letters, digits and . _ - only.",
  "node-disk-full": "Free space on the node or let the kubelet collect unused images earlier.",
  "no-cause-in-text":
    "Look for the event before it that begins with Failed to pull image: kubectl describe pod.",
  unknown: "The raw text is all there is. Paste more of it, such as the output of kubectl describe pod.",
};

export function explainCause(cause: FailureCause, known: KnownImage | null): string {
  const said = explanations[cause];
  if (known === null) return said;
  if (cause === "tag-deleted" && known.deletion) {
    const { at, actor, isExact } = known.deletion;
    const when = `${isExact ? "at" : "at or before"} ${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
    return `The tag ${known.reference} was deleted ${when}${actor === null ? "" : ` by ${actor}`}.`;
  }
  if (cause === "no-platform" && known.platforms.length > 0)
    return `${said} It exists for ${known.platforms.join(", ")}.`;
  if (cause === "not-found" && known.stands)
    return `${said} By our inventory it stands now: it may have been pushed after this failure.`;
  return said;
}

/** One click each, the likeliest first. Links lead only to what the reader may see. */
export function prepareNextSteps(
  cause: FailureCause,
  known: KnownImage | null,
  who: KnownWho | null = null,
): NextStep[] {
  const steps: NextStep[] = [];
  const general = advice[cause];
  if (known && (known.repositoryKnown || isAboutGrants(cause))) steps.push(...stepsHere(cause, known, who));
  if (who !== null && (cause === "credentials-expired" || cause === "wrong-credentials"))
    steps.push({
      text: `Make a new secret for ${who.name}.`,
      href: `/access/principals/${encodeURIComponent(who.id)}`,
    });
  if (general !== undefined) steps.push({ text: general, href: null });
  return steps;
}

/** A grant may be written for a repository that the inventory does not know. */
function isAboutGrants(cause: FailureCause): boolean {
  return cause === "no-grant" || cause === "denied-or-missing" || cause === "not-signed-in";
}

function stepsHere(cause: FailureCause, known: KnownImage, who: KnownWho | null): NextStep[] {
  const { registry, repository, reference } = known;
  switch (cause) {
    case "tag-deleted": {
      const history = { href: imageHref(registry, repository, reference) };
      return known.deletion?.canBePutBack
        ? [{ ...history, text: "Put the tag back to what it stood on: its manifest still exists." }]
        : [{ ...history, text: "See the tag's history. Its manifest is gone, so it must be pushed again." }];
    }
    case "tag-never-existed":
      return rankNearestTags(reference ?? "latest", known.tags).map((tag) => ({
        text: `Did you mean ${tag}?`,
        href: imageHref(registry, repository, tag),
      }));
    case "no-grant":
    case "denied-or-missing":
    case "not-signed-in": {
      const href = formatNewGrantHref({
        principal: who?.reference,
        registry,
        pattern: repository,
        actions: ["pull"],
      });
      return [{ text: "Prepare the missing grant.", href }];
    }
    case "no-platform":
    case "not-found":
      return [
        {
          text: "See what stands there.",
          href: imageHref(registry, repository, known.stands ? reference : null),
        },
      ];
    default:
      return [];
  }
}

function imageHref(registry: string, repository: string, reference: string | null): string {
  const base = `/images/${registry}/${repository}`;
  if (reference === null) return base;
  return `${base}${reference.includes(":") ? "@" : ":"}${reference}`;
}
