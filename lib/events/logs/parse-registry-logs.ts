import { hash } from "node:crypto";
import { STATUS_CODES } from "node:http";
import { cleanJson } from "#lib/events/clean-json";
import { cleanText } from "#lib/events/clean-text";
import type { LoggedRequest } from "#lib/events/logs/logged-request";
import { type ParsedLine, parseLogLine } from "#lib/events/logs/parse-log-line";
import { readLogBody } from "#lib/events/logs/read-log-body";
import { evaluateRequest, type LogVerdict } from "#lib/events/logs/rules-log-signal";
import { readAddress } from "#lib/events/read-address";
import { readTime } from "#lib/events/read-time";
import type { RegistrySignal, SignalParse } from "#lib/events/signal";
import { plainSignal } from "#lib/events/signal-fields";
import { cleanText as cleanMessage } from "#lib/tokens/clean-text";

const maxRawBytes = 16 * 1024;

/**
 * Reads the logs of a registry as a shipper sends them. Each request is one signal a side: distribution tells of it in
 * its application log and again in its access log. A line that cannot be read takes no other along.
 */
export function parseRegistryLogs(
  body: string | Uint8Array,
  contentType: string | null,
  receivedAt: Date,
): SignalParse {
  const { records, unreadable } = readLogBody(body, contentType);
  const result = { ignored: 0, unreadable };
  const signals = new Map<string, RegistrySignal>();
  for (const record of records) {
    const line = parseLogLine(record);
    if (line.request === null) {
      result.unreadable += 1;
      continue;
    }
    const verdict = line.request === "ignored" ? null : evaluateRequest(line.request);
    if (line.request === "ignored" || verdict === null) {
      result.ignored += 1;
      continue;
    }
    const signal = toSignal(line.request, verdict, line, receivedAt);
    const known = signals.get(signal.eventId);
    if (known !== undefined) result.ignored += 1;
    signals.set(signal.eventId, known === undefined ? signal : choose(known, signal));
  }
  return { signals: [...signals.values()], ...result };
}

/** Of two lines about one request the one that tells more, whichever came first. */
function choose(one: RegistrySignal, other: RegistrySignal): RegistrySignal {
  const vague = (signal: RegistrySignal) => signal.cause === "unauthorized" || signal.cause === "unknown";
  if (vague(one) !== vague(other)) return vague(one) ? other : one;
  return one.raw <= other.raw ? one : other;
}

function toSignal(
  request: LoggedRequest,
  verdict: LogVerdict,
  line: ParsedLine,
  receivedAt: Date,
): RegistrySignal {
  const at = readTime(request.time ?? line.time, receivedAt);
  const raw = JSON.stringify(cleanJson(request.told));
  return plainSignal({
    eventId: formatEventId(request, line, at),
    side: request.side,
    ...verdict,
    mediaType: verdict.cause === null ? clean(request.mediaType, 200) : null,
    actor: clean(request.actor, 200),
    address: readAddress(request.address),
    agent: clean(request.agent, 400),
    message: verdict.cause === null ? null : formatMessage(request),
    at,
    raw: Buffer.byteLength(raw) <= maxRawBytes ? raw : "{}",
  });
}

/**
 * By the registry's own id of the request, or by the place of the line in its file. A line that has neither is known by
 * what it says: two equal ones in one second are one.
 */
function formatEventId(request: LoggedRequest, line: ParsedLine, at: Date): string {
  if (request.requestId !== null && /^[\w.:-]{8,100}$/.test(request.requestId)) {
    return `${request.side}:request:${request.requestId}`;
  }
  const said = [
    request.time ?? line.time ?? at.toISOString().slice(0, 19),
    request.address,
    request.actor,
    request.method,
    request.uri ?? request.vars,
    request.status,
    request.refusal ?? request.code,
    request.agent,
  ];
  const text = JSON.stringify(line.identity === null ? said : [line.identity, ...said]);
  return `${request.side}:${line.identity === null ? "line" : "place"}:${hash("sha256", text)}`;
}

/** In the words of the registry where it has any, else as a client would say it. */
function formatMessage(request: LoggedRequest): string | null {
  return cleanMessage(sayWhy(request), 2_000)?.toWellFormed() ?? null;
}

function sayWhy({ refusal, code, detail, method, uri, status }: LoggedRequest): string {
  if (refusal !== null) return `error authorizing context: ${refusal}`;
  if (code === null)
    return `${method} ${uri?.split("?", 1)[0]}: ${status} ${STATUS_CODES[status ?? 0] ?? ""}`;
  const words = code.toLowerCase().replaceAll("_", " ");
  if (detail === null) return words;
  return detail.toLowerCase().startsWith(words) ? detail : `${words}: ${detail}`;
}

function clean(text: string | null, longest: number): string | null {
  return text === null ? null : cleanText(text, longest);
}
