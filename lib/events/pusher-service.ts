import type { Scope } from "#lib/auth/rules";
import { db } from "#lib/db/client";
import { listRecentPusherRows, type RecentPusherRow } from "#lib/events/store-activity";

/** Who pushed in these places since a day, and when before that they did. */
export function listRecentPushers(scope: Scope, since: Date): Promise<RecentPusherRow[]> {
  return listRecentPusherRows(db(), scope, since);
}
