import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { z } from "zod";
import { addressHeader } from "#lib/http/client-address";
import type { HotDoor } from "#lib/http/hot-door";
import { sendProblem } from "#lib/http/send-problem";
import { expositionType } from "#lib/metrics/rules-exposition";
import { getMetrics } from "#lib/metrics/service";

/** In front of Next, which would make every request look as if a proxy had passed it on. */
export const metricsDoor: HotDoor = {
  definition: {
    method: "GET",
    path: "/api/metrics",
    summary: "How the console does, for Prometheus; the setting WHARFINGER_METRICS says who may read it",
    // No person's role opens it: a scraper has a token, or asks from this machine.
    access: "public",
    response: z.string(),
    mediaTypes: ["text/plain"],
    errors: [401, 403, 404],
  },
  handle: async (request, response) => {
    try {
      send(response, await getMetrics(new Date(), readAsker(request.headers)));
    } catch (error) {
      await sendProblem(response, error);
    }
  },
};

function send(response: ServerResponse, text: string): void {
  response
    .writeHead(200, {
      "content-type": expositionType,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    })
    .end(text);
}

const proxyHeaders = ["x-forwarded-for", "x-real-ip", "forwarded", "via"];

/** The address is the entry's word: it drops what a client writes under this name. */
function readAsker(headers: IncomingHttpHeaders) {
  const address = headers[addressHeader];
  return {
    address: typeof address === "string" ? address : null,
    host: headers.host ?? null,
    forwarded: proxyHeaders.some((name) => headers[name] !== undefined),
    authorization: headers.authorization ?? null,
  };
}
