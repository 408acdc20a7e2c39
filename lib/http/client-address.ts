import { timingSafeEqual } from "node:crypto";

/** Who is on the other end of the connection, as the server's entry determined it. */
export interface Client {
  address: string | null;
  agent: string | null;
}

export const addressHeader = "x-wharfinger-address";
export const edgeHeader = "x-wharfinger-edge";

/**
 * The address is believed only with the edge secret that server.ts made for this process: without the entry in
 * front (plain Next), a client could write the header itself.
 */
export function readClient(headers: Headers): Client {
  const agent = headers.get("user-agent")?.slice(0, 400) ?? null;
  const secret = process.env.WHARFINGER_EDGE_SECRET;
  const given = headers.get(edgeHeader);
  if (!secret || !given || !isEqual(secret, given)) return { address: null, agent };
  return { address: headers.get(addressHeader), agent };
}

function isEqual(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
