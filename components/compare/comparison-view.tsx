import type { Comparison } from "#lib/compare/schema";
import { platformInWords } from "@/components/artifacts/prepare-artifact-words";
import { ChangedValues } from "@/components/compare/changed-values";
import { ComparedLayers } from "@/components/compare/compared-layers";
import { ComparedSides } from "@/components/compare/compared-sides";
import { countConfigChanges } from "@/components/compare/prepare-comparison";
import { toSearch } from "@/components/query/fetch-json";
import { Card } from "@/components/ui/card";
import { ChipLink } from "@/components/ui/chip";
import { escapeText } from "@/components/ui/escape-text";
import { SafeText } from "@/components/ui/safe-text";

/** The proof under the answer: both sides, what changed in the layers, what changed in the config. */
export function ComparisonView({
  comparison,
  address,
}: {
  comparison: Comparison;
  /** The references as they stand in the address. */
  address: { from: string; to: string };
}) {
  const { config, platforms, notes } = comparison;
  const chosen = comparison.to.platform ? platformInWords(comparison.to.platform) : null;
  return (
    <div className="flex flex-col gap-4">
      {notes.length > 0 ? (
        <ul
          role="status"
          className="flex flex-col gap-1 rounded-control bg-warn-soft px-3 py-2 text-small text-warn"
        >
          {notes.map((note) => (
            <li key={note}>
              <SafeText text={note} clip={false} />
            </li>
          ))}
        </ul>
      ) : null}
      {platforms.shared.length > 1 ? (
        <nav aria-label="Platform to compare" className="no-print flex flex-wrap gap-1.5">
          {platforms.shared.map(platformInWords).map((name) => (
            <ChipLink
              key={name}
              on={name === chosen}
              href={`/compare${toSearch({ from: address.from, to: address.to, platform: name })}`}
            >
              {escapeText(name)}
            </ChipLink>
          ))}
        </nav>
      ) : null}
      <ComparedSides comparison={comparison} />
      {comparison.identical ? null : (
        <>
          <ComparedLayers comparison={comparison} />
          {countConfigChanges(comparison) === 0 ? (
            <Card title="Config">
              <p className="px-3.5 py-3 text-muted">
                Entrypoint, command, user, environment, ports, labels and annotations are the same.
              </p>
            </Card>
          ) : (
            <>
              <ChangedValues title="Starts with" changes={config.settings} />
              <ChangedValues title="Environment" changes={config.env} />
              <ChangedValues title="Ports" changes={config.ports} />
              <ChangedValues title="Labels" changes={config.labels} />
              <ChangedValues title="Annotations" changes={config.annotations} />
            </>
          )}
        </>
      )}
    </div>
  );
}
