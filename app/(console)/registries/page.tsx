import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { isPermitted } from "#lib/auth/rules";
import { getPageContext } from "#lib/http/page-context";
import { getSync } from "#lib/inventory/sync-service";
import { listRegistries } from "#lib/registries/connection-service";
import { createQueryClient } from "@/components/query/query-client";
import { registriesQuery, registryPageSize, syncQuery } from "@/components/registries/queries";
import { RegistriesPage } from "@/components/registries/registries-page";

export const metadata: Metadata = { title: "Registries" };

export default async function Page() {
  const ctx = await getPageContext();
  const client = createQueryClient();
  const first = await listRegistries(ctx, { limit: registryPageSize });
  await Promise.all([
    client.prefetchInfiniteQuery({ ...registriesQuery(), queryFn: () => first }),
    ...first.items
      .filter((registry) => registry.disconnectedAt === null)
      .map(({ slug }) => client.prefetchQuery({ ...syncQuery(slug), queryFn: () => getSync(ctx, slug) })),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <RegistriesPage mayConnect={isPermitted(ctx.principal, "registries.write")} />
    </HydrationBoundary>
  );
}
