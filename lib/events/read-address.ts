import { isIP } from "node:net";

/** The address of a client without its port: `10.0.0.9:4711`, `[fd00::1]:4711`, `fd00::1`; of a list the first. */
export function readAddress(text: string | null): string | null {
  const one = text?.split(",", 1)[0]?.trim();
  if (!one || one.length > 100) return null;
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(one);
  // More than one colon without brackets is an IPv6 address, the last group of which is no port.
  const address = bracketed?.[1] ?? (/^[^:]*:\d+$/.test(one) ? one.slice(0, one.indexOf(":")) : one);
  if (isIP(address) !== 0) return address;
  return /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(address) ? address : null;
}
