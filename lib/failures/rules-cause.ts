import type { FailureCause } from "#lib/failures/schema";

/** What a text says: a cause, or that it tells of no failed pull at all. */
export type TextVerdict = FailureCause | "not-a-failed-pull";

/** Crash loops back off too, and a pull that went well is no failure. */
const notFailedPulls =
  /back-off restarting failed container|crashloopbackoff|^\s*(?:successfully pulled image|pulling image|pulled\b|container image .{1,40} already present)/i;

/**
 * From text to cause, tried in this order: what names the way to the registry comes before what the registry said,
 * because a client repeats an answer of the way (a proxy's refusal, a timeout of a token service) as its own.
 */
const table: readonly (readonly [FailureCause, RegExp])[] = [
  // The machine's own sockets and files: these words mean something else there than at a registry.
  [
    "unknown",
    /dial unix\b|connect to the (?:docker|podman)\b|docker daemon is not running|\bcontent store\b|(?:extraction|parent) snapshot\b|\b(?:open|mkdir|l?chown|chmod|l?stat|write|mount|unlink(?:at)?|rename|symlink|link) REF\W{0,3}(?:permission denied|operation not permitted)/i,
  ],
  [
    "malformed-reference",
    /invalid reference format|invalidimagename|(?:could not|couldn't|cannot|failed to|unable to) parse (?:image|reference)|invalid (?:image|repository) name|repository name must be (?:lowercase|canonical)|invalid tag format|invalid (?:checksum )?digest (?:format|length)/i,
  ],
  [
    "no-platform",
    /no match(?:ing manifest)? for (?:platform\b|\S+\/\S+)|no matching manifest|no image found in (?:manifest list|image index)|no (?:child|manifest|entry|image) (?:with|for|found for) (?:the )?platform|does not (?:match|provide) the (?:specified|requested) platform|(?:operating system|architecture|platform) \S* ?(?:is not supported|cannot be used)|cannot be used on this platform|choosing (?:an )?image (?:instance )?for (?:os|architecture|platform)|no suitable (?:image|manifest|platform)/i,
  ],
  [
    "proxy",
    /proxyconnect|proxy authentication required|\b407 proxy|(?:via|through|to|by) (?:the )?(?:http |https |socks5? )?proxy\b[^.]{0,80}(?:fail|refus|denied|timed? ?out|unreachable)|socks connect|bad proxy|proxy error/i,
  ],
  [
    "http-not-https",
    /server gave http response to https client|first record does not look like a tls handshake|sent an http request to an https server|wrong version number|plain http request was sent to https port|malformed http response "\\+x15/i,
  ],
  [
    "tls-not-trusted",
    /x509:|tls: (?:failed to verify|bad certificate|unknown certificate|handshake failure|expired certificate|unrecognized name)|remote error: tls|certificate (?:signed by|has expired|is not (?:trusted|valid|yet valid)|is valid for|verify failed|verification failed|relies on)|unknown (?:certificate )?authority|self[- ]signed certificate|unable to get (?:local )?issuer|untrusted (?:root|certificate)/i,
  ],
  [
    "name-not-resolved",
    /no such host|could ?n[o']t resolve host|name or service not known|temporary failure in name resolution|server misbehaving|nodename nor servname|name does not resolve|getaddrinfo|enotfound|eai_again|nxdomain|\blookup \S+ on \S+: [^\n]{0,120}(?:connection refused|network is unreachable|no route to host)/i,
  ],
  [
    "node-disk-full",
    /no space left on device|enospc|disk quota exceeded|not enough (?:disk )?space|insufficient (?:disk|storage) space|disk is full/i,
  ],
  [
    "digest-mismatch",
    /unexpected (?:commit )?digest|digest mismatch|digests? (?:did|do|does) not match|does not match (?:the )?(?:expected )?digest|layer verification failed|(?:unexpected|failed) (?:commit )?size(?: validation)?|size validation failed|checksum (?:mismatch|did not match|does not match)|hash mismatch|blob.{0,40}digest.{0,40}not match/i,
  ],
  [
    "throttled",
    /toomanyrequests|too many requests|(?:(?:status|response)(?: code)?:?|http|registry) 429|pull rate limit|rate ?limit(?:ed| exceeded| reached)?|pull qps exceeded|throttl(?:ed|ing)|request quota/i,
  ],
  [
    "address-not-allowed",
    /client with ip\b[^.]{0,60}|ip address\b.{0,60}(?:not allowed|blocked|denied)|(?:not allowed|denied|blocked) by (?:the )?(?:registry'?s? )?(?:firewall|network rule|ip rule)|acr\/firewall|source address is not allowed|public network access .{0,40}disabled|not (?:in|on) the (?:ip )?allow ?list/i,
  ],
  [
    "blocked-by-policy",
    /(?:denied|blocked|rejected|prevented|prohibited|disallowed) by (?:[\w' -]{0,40})policy|due to (?:[\w'-]+ ){0,6}(?<!pull )policy|policy[_ ]?violation|policy (?:check failed|does not allow)|412 precondition failed|(?:admission|policy) webhook .{0,120}denied|denied by (?:[\w' -]{0,40})(?:admission|attestor)|signature ?validation ?failed|signature (?:verification|validation) (?:failed|error)|(?:no|without a?) (?:valid )?signatures? (?:was |were )?(?:found|exist)|a signature was required|source image rejected|is not signed|quarantin|image is blocked/i,
  ],
  [
    "credentials-expired",
    /(?:token|credentials?|secret|password|session|login|key)s?(?:[^.,;:\n]{0,40} (?:is|are|has|have|was|were))? ?(?:already )?expired|expired ?(?:authorization |access |security |auth |refresh )?(?:token|credential|secret|password)|expiredtoken|reauthenticate and try again/i,
  ],
  [
    "wrong-credentials",
    /(?<!\b(?:may|might|could) (?:have|be) )(?:incorrect|invalid|wrong|bad) (?:user ?name|username\/password|login|password|credentials?)\b|(?:user ?name|login|password|credentials?)(?: (?:or|and) password)? (?:is|are|was|were) (?:incorrect|invalid|wrong|not (?:valid|correct))|authentication (?:attempt )?failed|must (?:log|sign) ?in with|supplied (?:password|credentials)|http basic: access denied|fetch oauth token[^\n]{0,200}\b(?:400 bad request|401 unauthorized|403 forbidden)|unable to retrieve auth token: invalid/i,
  ],
  [
    "not-signed-in",
    /no basic auth credentials|fetch anonymous token[^\n]{0,200}\b(?:401 unauthorized|403 forbidden)|anonymous (?:access|pulls?|requests?) (?:is|are)? ?(?:denied|disabled|not (?:allowed|permitted))|not (?:logged|signed) in|(?:please|must|need to) (?:log|sign) ?in|no credentials (?:provided|found|were sent)|not authenticated|unauthenticated requests?\b/i,
  ],
  [
    "denied-or-missing",
    /does not exist or may require|does not exist or (?:you do not have|no pull access)|may not exist or|not found or (?:access|permission) denied|or it may not exist|pull access denied|requested access to the resource is denied|(?:^|: )denied(?:: (?:denied|access forbidden))?\W*$/im,
  ],
  [
    "no-grant",
    /insufficient[_ ]scope|403 forbidden|(?:(?:status|response)(?: code)?:?|http|registry) 403|access ?denied|(?<!connect: )permission[_ ]?denied|not authorized to perform|(?:does not|doesn't|do not|don't) have (?:the )?(?:required )?(?:permission|access)|lacks? (?:the )?permission|\bdenied:|\bforbidden\b/i,
  ],
  [
    "unauthorized",
    /401 unauthorized|(?:(?:status|response)(?: code)?:?|http|registry) 401|\bunauthorized\b|authentication (?:is )?required|authorization (?:failed|required)/i,
  ],
  // A page of something that is no registry, or an artifact that is no image: it is there, so it is not missing.
  ["unknown", /unexpected media ?type/i],
  [
    "content-missing",
    /blob[_ ]unknown|unknown blob|blob[^.\n]{0,60}(?:not found|404)|content at \S+ not found|layer[^.\n]{0,60}(?:not found|does not exist)/i,
  ],
  [
    "not-found",
    /manifest[_ ]unknown|name[_ ]unknown|unknown manifest|not known to (?:the )?registry|404 not found|(?:(?:status|response)(?: code)?:?|http|registry) 404|(?:manifest|image|repository|tag|reference|artifact|\bREF:?)(?: for \S+| with \S+ \S+)? (?:was )?(?:not found|does not exist|doesn't exist|is unknown)|\btag \S+ (?:not found|was deleted|has expired)|no such (?:image|manifest|tag|repository)|:latest not found|: not found\b/i,
  ],
  [
    "registry-error",
    /\b50[0-4] (?:internal|bad gateway|service|gateway|not implemented|http)|(?:(?:status|response)(?: code)?:?|http|registry) 5\d\d|internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out|registry ?unavailable|unexpected (?:http )?status[^\n]{0,120}\b5\d\d\b/i,
  ],
  [
    "timeout",
    /i\/o timeout|tls handshake timeout|context deadline exceeded|client\.timeout|deadline ?exceeded|timed out|no progress in \d|timeout (?:awaiting|exceeded|while|waiting)|etimedout|operation timeout/i,
  ],
  [
    "cannot-connect",
    /connection (?:was )?(?:refused|reset|closed|aborted|lost)|closed network connection|connect: (?:permission denied|operation not permitted)|no route to host|network is unreachable|host is (?:down|unreachable)|broken pipe|unexpected eof|\beof\b|econnrefused|econnreset|ehostunreach|enetunreach|cannot connect|could not connect|failed to connect|server closed idle connection/i,
  ],
  [
    "no-cause-in-text",
    /errimage(?:never)?pull|imagepullbackoff|imageinspecterror|back-off pulling image|persistent image pull errors|(?:failed to (?:pull image|pull and unpack image|resolve reference)\W*(?:REF\W*)?(?:rpc error: code = \w+ desc = )?)+$/i,
  ],
];

/** The cause that a text of a client, a kubelet or a registry names; `unknown` when it names none that we know. */
export function evaluateCause(text: string): TextVerdict {
  const said = prepareText(text);
  const lines = said.split("\n").filter((line) => !notFailedPulls.test(line));
  const rest = lines.join("\n").trim();
  if (rest === "" && said.trim() !== "") return "not-a-failed-pull";
  for (const [cause, pattern] of table) if (pattern.test(rest)) return cause;
  return "unknown";
}

/** A message is about one image, said a few times over. */
const mostImages = 8;
const maxCharacters = 16_384;
const keptWords =
  /^(?:i\/o|net\/http|username\/password|(?:linux|windows|darwin|freebsd|wasip1)\/\S+)[:,.;)\]]*$/i;

/**
 * The text without what people choose freely: names of images, addresses and digests, so that a repository called
 * `timeout` is no timeout. Of several attempts in brackets the first is kept: the last is usually made without credentials.
 */
function prepareText(text: string): string {
  const one = firstAttempt(text.slice(0, maxCharacters)).replaceAll('\\"', '"');
  const images = new Set(
    [...one.matchAll(/image (?:name )?"([^"\s]{1,512})"/gi)]
      .slice(0, mostImages)
      .map((match) => match[1] ?? ""),
  );
  let said = one;
  // The longest first: short names stand at the end of full ones. As whole words: an image may be called `a`.
  for (const image of [...images].sort((a, b) => b.length - a.length))
    said = said.replace(new RegExp(`(?<!\\w)${image.replace(/[^\w]/g, "\\$&")}(?!\\w)`, "g"), " REF ");
  return said
    .replace(/"[^"\s]*[/:@][^"\s]*"/g, " REF ")
    .split(/([ \t\n]+)/)
    .map((word) => (word.includes("/") && !keptWords.test(word) ? keepEnd(word) : word))
    .join("")
    .replace(/sha\d{3}:[0-9a-f]{8,128}/gi, "DIGEST")
    .replace(/[ \t]+/g, " ");
}

/** What follows a name belongs to the sentence: the colon before what went wrong. */
function keepEnd(word: string): string {
  return `REF${/[:,;.)\]]*$/.exec(word)?.[0] ?? ""}`;
}

function firstAttempt(text: string): string {
  const list = /"?: \[(?=rpc error|failed|initializing|pinging|reading)/i.exec(text);
  if (!list) return text;
  const start = list.index + list[0].length;
  const next = text
    .slice(start)
    .search(/, (?:rpc error|failed to pull|initializing source|pinging container)/i);
  return next === -1 ? text : text.slice(0, start + next);
}
