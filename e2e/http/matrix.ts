import { accessEntries } from "./matrix-access.ts";
import { activityEntries } from "./matrix-activity.ts";
import { alertEntries } from "./matrix-alerts.ts";
import { basicEntries } from "./matrix-basics.ts";
import type { MatrixEntry } from "./matrix-entry.ts";
import { eventEntries } from "./matrix-events.ts";
import { inventoryEntries } from "./matrix-inventory.ts";
import { peopleEntries } from "./matrix-people.ts";
import { registryEntries } from "./matrix-registries.ts";
import { teamEntries } from "./matrix-teams.ts";

/** Every operation of the route table, at least once. matrix-coverage.test.ts fails when one is missing. */
export const matrix: readonly MatrixEntry[] = [
  ...basicEntries,
  ...inventoryEntries,
  ...peopleEntries,
  ...registryEntries,
  ...teamEntries,
  ...accessEntries,
  ...eventEntries,
  ...alertEntries,
  ...activityEntries,
];
