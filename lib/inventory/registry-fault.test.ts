import { expect, it } from "vitest";
import { HttpError } from "#lib/http/errors";
import { toRegistryFault } from "#lib/inventory/registry-fault";
import { createTestClient, startRawServer } from "#lib/oci/testing/hostile-registry";

it("F6: a registry that does not answer while somebody waits is told as that, not as something they stopped", async () => {
  const server = await startRawServer(() => undefined);
  const client = createTestClient(server.origin, { timeouts: { headersMs: 60_000, deadlineMs: 60_000 } });
  const error = await client.ping({ signal: AbortSignal.timeout(100) }).catch((reason: unknown) => reason);
  await client.close();
  await server.close();
  const fault = toRegistryFault(error, "pier");
  expect(fault).toBeInstanceOf(HttpError);
  expect(fault).toMatchObject({
    status: 504,
    code: "registry-timeout",
    message: "The registry pier did not answer in time.",
  });
});
