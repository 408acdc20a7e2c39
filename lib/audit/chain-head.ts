import { findChainHead } from "#lib/audit/store-chain";
import { db } from "#lib/db/client";

/** The number of the audit's last link; null when somebody took the end of the chain away. */
export async function findAuditChainLength(): Promise<bigint | null> {
  return (await findChainHead(db()))?.seq ?? null;
}
