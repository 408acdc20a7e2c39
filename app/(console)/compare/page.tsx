import type { Metadata } from "next";
import { getPageContext } from "#lib/http/page-context";
import { type SearchParams, toUrlSearch } from "#lib/http/page-search";
import { ComparePage } from "@/components/compare/compare-page";

export const metadata: Metadata = { title: "Compare" };

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  await getPageContext();
  const search = toUrlSearch(await searchParams);
  return (
    <ComparePage
      from={search.get("from") ?? ""}
      to={search.get("to") ?? ""}
      platform={search.get("platform") ?? undefined}
    />
  );
}
