import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { getPageContext } from "#lib/http/page-context";
import { type SearchParams, toUrlSearch } from "#lib/http/page-search";
import { resolveImagePath } from "#lib/inventory/resolve-reference";
import { toSearch } from "@/components/query/fetch-json";
import { escapeText } from "@/components/ui/escape-text";
import { ArtifactRoute } from "./artifact-route.tsx";
import { RepositoryRoute } from "./repository-route.tsx";

interface ImagePageProps {
  params: Promise<{ reference: string[] }>;
  searchParams: Promise<SearchParams>;
}

export async function generateMetadata({ params }: ImagePageProps): Promise<Metadata> {
  const { reference } = await params;
  return { title: escapeText(reference.slice(1).map(decode).join("/")) };
}

/** The address is an image reference: a registry, a repository, a tag or a digest. */
export default async function ImagePage({ params, searchParams }: ImagePageProps) {
  const ctx = await getPageContext();
  const { reference: segments } = await params;
  const search = toUrlSearch(await searchParams);
  const found = await resolveImagePath(ctx, segments);
  if (!found) notFound();
  if (found.repository === null) redirect(`/images${toSearch({ registry: found.registry })}`);
  // A host in place of the slug leads to the one address that each thing has.
  if (decode(segments[0] ?? "") !== found.registry) redirect(withSearch(found.href, search));
  const reference = found.tag ?? found.digest;
  if (reference === null)
    return (
      <RepositoryRoute ctx={ctx} registry={found.registry} repository={found.repository} search={search} />
    );
  return (
    <ArtifactRoute
      ctx={ctx}
      registry={found.registry}
      repository={found.repository}
      reference={reference}
      tag={found.tag}
      search={search}
    />
  );
}

function withSearch(href: string, search: URLSearchParams): string {
  return search.size > 0 ? `${href}?${search}` : href;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
