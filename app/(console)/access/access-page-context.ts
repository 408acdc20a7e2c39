import "server-only";
import type { Context } from "#lib/auth/context";
import { isPermittedSomewhere } from "#lib/auth/rules";
import { getPageContext } from "#lib/http/page-context";
import { listVisibleRegistries, toRegistryState } from "#lib/inventory/service-access";
import type { AccessRights, RegistryChoice } from "@/components/access/access-rights";

/** What every access page needs: who asks, what they may do there, and the registries they may choose. */
export async function getAccessPageContext(): Promise<{
  ctx: Context;
  rights: AccessRights;
  registries: RegistryChoice[];
}> {
  const ctx = await getPageContext();
  const { principal } = ctx;
  const mayBrowse = isPermittedSomewhere(principal, "repositories.read");
  const registries = mayBrowse ? (await listVisibleRegistries(ctx)).map(toRegistryState) : [];
  return {
    ctx,
    rights: {
      read: isPermittedSomewhere(principal, "access.read"),
      write: isPermittedSomewhere(principal, "access.write"),
      protect: isPermittedSomewhere(principal, "protections.write"),
    },
    registries: registries
      .filter((registry) => registry.disconnectedAt === null)
      .map(({ slug, name, host }) => ({ slug, name, host })),
  };
}
