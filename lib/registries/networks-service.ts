import ipaddr from "ipaddr.js";
import { recordAudit } from "#lib/audit/service";
import { authorize } from "#lib/auth/authorize";
import type { Context } from "#lib/auth/context";
import { db } from "#lib/db/client";
import { ConflictError, InvalidError, NotFoundError } from "#lib/http/errors";
import type { Page } from "#lib/http/page-schema";
import type { AllowedNetworkItem, AllowNetworkBody } from "#lib/registries/schema";
import {
  deleteAllowedNetwork,
  findAllowedNetworkRow,
  insertAllowedNetwork,
  listAllowedNetworkRows,
} from "#lib/registries/store";

type Row = Awaited<ReturnType<typeof listAllowedNetworkRows>>[number];

/** The private networks that the console may reach. */
export async function listAllowedNetworks(ctx: Context): Promise<Page<AllowedNetworkItem>> {
  authorize(ctx, "networks.read");
  const rows = await listAllowedNetworkRows(db());
  return { items: rows.map(prepareNetwork), nextCursor: null };
}

/** The same for who dials out: the networks alone. */
export async function listAllowedCidrs(): Promise<string[]> {
  return (await listAllowedNetworkRows(db())).map(({ cidr }) => cidr);
}

/** Lets the console reach a loopback, private or carrier-grade network. */
export async function allowNetwork(ctx: Context, body: AllowNetworkBody): Promise<AllowedNetworkItem> {
  authorize(ctx, "networks.write");
  const cidr = parseNetwork(body.cidr);
  const row = await db().$transaction(async (tx) => {
    if (await findAllowedNetworkRow(tx, { cidr })) throw new ConflictError(`${cidr} is allowed already.`);
    const added = await insertAllowedNetwork(tx, {
      cidr,
      reason: body.reason,
      createdByName: ctx.principal.name,
    });
    await recordAudit(tx, ctx, {
      action: "network.allow",
      target: cidr,
      after: { cidr, reason: body.reason },
    });
    return added;
  });
  return prepareNetwork(row);
}

export async function removeAllowedNetwork(ctx: Context, id: number): Promise<void> {
  authorize(ctx, "networks.write");
  await db().$transaction(async (tx) => {
    const row = await findAllowedNetworkRow(tx, { id });
    if (!row) throw new NotFoundError("This network is not in the list.");
    await deleteAllowedNetwork(tx, id);
    await recordAudit(tx, ctx, {
      action: "network.remove",
      target: row.cidr,
      before: { cidr: row.cidr, reason: row.reason },
    });
  });
}

const permissible = new Set(["loopback", "private", "carrierGradeNat", "uniqueLocal"]);

/** The network in its shortest spelling. Only what lies wholly in networks that can be allowed at all. */
export function parseNetwork(text: string): string {
  const refuse = (message: string) => new InvalidError("cidr", message);
  const written = text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`;
  if (!ipaddr.isValidCIDR(written) || (!text.includes(":") && !/^\d+\.\d+\.\d+\.\d+(?:\/\d+)?$/.test(text)))
    throw refuse("Write the network as 10.20.0.0/16 or fd00:1::/64.");
  const [address, bits] = ipaddr.parseCIDR(written);
  const first =
    address.kind() === "ipv4"
      ? ipaddr.IPv4.networkAddressFromCIDR(written)
      : ipaddr.IPv6.networkAddressFromCIDR(written);
  const last =
    address.kind() === "ipv4"
      ? ipaddr.IPv4.broadcastAddressFromCIDR(written)
      : ipaddr.IPv6.broadcastAddressFromCIDR(written);
  if (first.range() !== last.range() || !permissible.has(first.range()))
    throw refuse(
      "Only networks wholly inside the loopback, private (10/8, 172.16/12, 192.168/16, fc00::/7) or carrier-grade (100.64/10) ranges can be allowed; public ones need no permission, link-local ones never get it.",
    );
  return `${first.toString()}/${bits}`;
}

function prepareNetwork(row: Row): AllowedNetworkItem {
  return {
    id: row.id,
    cidr: row.cidr,
    reason: row.reason,
    createdBy: row.createdByName,
    createdAt: row.createdAt.toISOString(),
  };
}
