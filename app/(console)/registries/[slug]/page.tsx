import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { isPermitted } from "#lib/auth/rules";
import { orNotFound } from "#lib/http/or-not-found";
import { getPageContext } from "#lib/http/page-context";
import { getSync } from "#lib/inventory/sync-service";
import { getRegistry, getVisibleRegistry } from "#lib/registries/connection-service";
import { createQueryClient } from "@/components/query/query-client";
import { registryQuery, syncQuery } from "@/components/registries/queries";
import { RegistryPage } from "@/components/registries/registry-page";

interface PageProps {
  params: Promise<{ slug: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: decode((await params).slug) };
}

export default async function Page({ params }: PageProps) {
  const ctx = await getPageContext();
  const asked = decode((await params).slug);
  const { id: registryId, slug } = await orNotFound(getVisibleRegistry(ctx, asked));
  const client = createQueryClient();
  await Promise.all([
    client.prefetchQuery({ ...registryQuery(slug), queryFn: () => getRegistry(ctx, slug) }),
    client.prefetchQuery({ ...syncQuery(slug), queryFn: () => getSync(ctx, slug) }),
  ]);
  const { principal } = ctx;
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <RegistryPage
        slug={slug}
        rights={{
          sync: isPermitted(principal, "registries.sync", { registryId }),
          write: isPermitted(principal, "registries.write", { registryId }),
          allowNetworks: isPermitted(principal, "networks.write"),
          readAccess: isPermitted(principal, "access.read", { registryId }),
          enforce: isPermitted(principal, "enforcement.write", { registryId }),
          readSources: isPermitted(principal, "sources.read", { registryId }),
          writeSources: isPermitted(principal, "sources.write", { registryId }),
          whole: isPermitted(principal, "registries.read", { registryId }),
        }}
      />
    </HydrationBoundary>
  );
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
