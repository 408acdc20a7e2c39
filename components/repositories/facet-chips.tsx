import { type RepositoryView, repositoryViewHref } from "@/components/repositories/repository-view";
import { ChipLink } from "@/components/ui/chip";

/** The filters that are on beside the list, each to be taken away. */
export function FacetChips({ view }: { view: RepositoryView }) {
  const chips: [on: boolean, words: string, without: Partial<RepositoryView>][] = [
    [view.prefix !== "", `below ${view.prefix}`, { prefix: "" }],
    [view.team !== "", `team ${view.team}`, { team: "" }],
    [view.protected !== "", "protected", { protected: "" }],
    [view.pulled !== "", pulledWords[view.pulled], { pulled: "" }],
    [view.stale !== "", "stale", { stale: "" }],
    [view.kind !== "", kindWords[view.kind], { kind: "" }],
  ];
  return chips.map(([on, words, without]) =>
    on ? (
      <ChipLink key={words} shallow on href={repositoryViewHref(view, without)}>
        {words} <span aria-hidden="true">×</span>
        <span className="sr-only">, remove this filter</span>
      </ChipLink>
    ) : null,
  );
}

const pulledWords = { "": "", seen: "pulled", never: "never pulled", unknown: "pulls unknown" };
const kindWords = { "": "", image: "images", "helm-chart": "Helm charts", artifact: "other artifacts" };
