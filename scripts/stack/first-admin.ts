import { randomInt } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import type { Settings } from "#lib/settings/settings";

export interface FirstAdmin {
  /** For the console to make the account with; undefined when there are accounts already. */
  password: string | undefined;
  /** Set when the password was made here and nobody has been told it yet. */
  isGenerated: boolean;
  /** To be called once the password was printed: it is not kept. */
  forget(): void;
}

const alphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/**
 * The password of the first account. A generated one is kept until it was shown, so that a start that is killed
 * between making the account and printing it locks nobody out.
 */
export async function prepareFirstAdmin(settings: Settings, databaseUrl: string): Promise<FirstAdmin> {
  const pendingFile = join(settings.home, "admin-password.pending");
  const forget = () => rmSync(pendingFile, { force: true });
  if (settings.adminPassword !== undefined) {
    return { password: settings.adminPassword, isGenerated: false, forget };
  }
  if (existsSync(pendingFile)) {
    return { password: readFileSync(pendingFile, "utf8").trim(), isGenerated: true, forget };
  }
  if (await hasAccounts(databaseUrl)) return { password: undefined, isGenerated: false, forget };
  const password = Array.from({ length: 20 }, () => alphabet[randomInt(alphabet.length)]).join("");
  writeFileSync(pendingFile, `${password}\n`, { mode: 0o600, flush: true });
  return { password, isGenerated: true, forget };
}

async function hasAccounts(databaseUrl: string): Promise<boolean> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM "user" LIMIT 1');
    return rowCount !== 0;
  } finally {
    await client.end();
  }
}
