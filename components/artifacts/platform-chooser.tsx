import type { Artifact } from "#lib/inventory/schema-artifact";
import { artifactHref } from "@/components/artifacts/artifact-href";
import { preparePlatforms } from "@/components/artifacts/prepare-platforms";
import { ChipLink } from "@/components/ui/chip";
import { escapeText } from "@/components/ui/escape-text";

/** Which child of an index is shown. Each choice is an address. */
export function PlatformChooser({ artifact, tab }: { artifact: Artifact; tab: string }) {
  const rows = preparePlatforms(artifact.platforms);
  if (rows.length < 2) return null;
  return (
    <nav aria-label="Platform" className="no-print flex flex-wrap gap-1.5">
      {rows.map((row) => (
        <ChipLink
          key={row.digest}
          on={row.selected}
          href={artifactHref(artifact, {
            tab: tab === "overview" ? null : tab,
            platform: row.param,
          })}
        >
          {escapeText(row.name.length > 48 ? `${row.name.slice(0, 47)}…` : row.name)}
        </ChipLink>
      ))}
    </nav>
  );
}
