import type { LoggedRequest } from "#lib/events/logs/logged-request";

const combined =
  /^(\S{1,256}) \S{1,256} (\S.{0,255}?) \[([^\]]{20,32})\] "([A-Z]{1,16}) (\S+)(?: HTTP\/[\d.]+)?" (\d{3}) (\d+|-)(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?/;
const written = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}:\d{2}:\d{2}) ([+-]\d{2})(\d{2})$/;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Distribution's access log, in the combined form of Apache, as proxies write it too. */
export function parseCombinedLine(line: string): LoggedRequest | null {
  const match = combined.exec(line);
  if (match === null) return null;
  const [, address = "", user = "", time = "", method = "", uri = "", status = "", , , agent] = match;
  return {
    side: "access-log",
    method,
    uri,
    vars: { name: null, reference: null, digest: null },
    status: Number(status),
    refusal: null,
    code: null,
    detail: null,
    requestId: null,
    actor: user === "-" ? null : user,
    address,
    agent: agent === undefined || agent === "" || agent === "-" ? null : agent.replace(/\\(["\\])/g, "$1"),
    mediaType: null,
    time: toIso(time),
    told: { line },
  };
}

/** `22/Jan/2016:13:15:27 +0000` as everybody else writes it. */
function toIso(text: string): string | null {
  const match = written.exec(text);
  if (match === null) return null;
  const [, day, name = "", year, clock, hours, minutes] = match;
  const month = months.indexOf(name) + 1;
  return month === 0 ? null : `${year}-${String(month).padStart(2, "0")}-${day}T${clock}${hours}:${minutes}`;
}
