// Pushes the sample fleet into any registry:
//   node scripts/push-fleet.ts <address> [--user <name>] (password in REGISTRY_PASSWORD)
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createRegistryClient } from "#lib/oci/client";
import { pushFleet } from "./fleet/push-fleet.ts";
import { messageOf } from "./stack/start-fault.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { user: { type: "string" } } });
const [address] = positionals;
try {
  if (!address) throw new Error("Give the address of the registry, such as http://localhost:5000.");
  const password = process.env.REGISTRY_PASSWORD ?? "";
  const client = createRegistryClient({
    baseUrl: address,
    credentials: values.user ? { kind: "basic", username: values.user, password } : { kind: "none" },
    allowedNetworks: ["0.0.0.0/0", "::/0"],
    userAgent: "wharfinger-sample-fleet",
    connections: 16,
  });
  const startedAt = performance.now();
  const progressFile = join(mkdtempSync(join(tmpdir(), "wharfinger-fleet-")), "progress.json");
  const { done } = await pushFleet({ client, progressFile });
  await client.close();
  console.log(`${done} steps in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
