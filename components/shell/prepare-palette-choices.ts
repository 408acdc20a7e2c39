import type { SearchHit, SearchResult } from "#lib/search/schema";

export interface PaletteChoice {
  key: string;
  kind: string;
  label: string;
  href: string;
  /** Slug of the registry. */
  where?: string;
  /** Absent for pages of the console itself. */
  hit?: SearchHit;
}

const pages = [
  { label: "Home", href: "/" },
  { label: "Repositories", href: "/images" },
  { label: "Compare", href: "/compare" },
  { label: "Failed pulls", href: "/failures" },
  { label: "Activity", href: "/activity" },
  { label: "Explain a failed pull", href: "/diagnose" },
  { label: "Audit", href: "/audit" },
  { label: "Access", href: "/access" },
  { label: "Grants", href: "/access/grants" },
  { label: "New grant", href: "/access/grants/new" },
  { label: "Principals", href: "/access/principals" },
  { label: "Who can …?", href: "/access/who-can" },
  { label: "Denied pulls and pushes", href: "/access/denied" },
  { label: "My access and registry secrets", href: "/access/mine" },
  { label: "Registries", href: "/registries" },
  { label: "Settings", href: "/settings" },
];

/** What the palette offers: hits first, then pages of that name; with nothing typed what was opened lately. */
export function preparePaletteChoices(
  text: string,
  result: SearchResult | null,
  recent: readonly SearchHit[],
): PaletteChoice[] {
  const wanted = text.toLowerCase();
  const places = pages
    .filter((page) => wanted === "" || page.label.toLowerCase().startsWith(wanted))
    .map((page) => ({ key: `page ${page.href}`, kind: "page", label: page.label, href: page.href }));
  const hits = text === "" ? recent : (result?.items ?? []);
  return [
    ...hits.map((hit) => ({
      key: `${hit.type} ${hit.href}`,
      kind: hit.type,
      label: hit.label,
      href: hit.href,
      where: hit.registry,
      hit,
    })),
    ...places,
  ];
}
