import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { isPermitted } from "#lib/auth/rules";
import { getHome } from "#lib/home/service";
import { getPageContext } from "#lib/http/page-context";
import { HomePage } from "@/components/home/home-page";
import { homeQuery } from "@/components/home/queries";
import { createQueryClient } from "@/components/query/query-client";

export const metadata: Metadata = { title: "Home" };

export default async function ConsoleHome() {
  const ctx = await getPageContext();
  const client = createQueryClient();
  await client.prefetchQuery({ ...homeQuery, queryFn: () => getHome(ctx) });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <HomePage
        mayConnect={isPermitted(ctx.principal, "registries.write")}
        mayManage={isPermitted(ctx.principal, "registries.sync")}
      />
    </HydrationBoundary>
  );
}
