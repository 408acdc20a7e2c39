import { formatStep } from "@/components/charts/format-step";
import { causeWords } from "@/components/failures/cause-words";
import {
  clearFilters,
  type FailureView,
  failureViewHref,
  filterNames,
  isNarrowed,
} from "@/components/failures/failure-view";
import { windowFacts } from "@/components/failures/failure-window";
import { ChipLink } from "@/components/ui/chip";
import { escapeText } from "@/components/ui/escape-text";
import { ViewLink } from "@/components/ui/view-link";

const words: Record<(typeof filterNames)[number], string> = {
  registry: "registry",
  repository: "repository",
  reference: "tag or digest",
  cause: "cause",
  principal: "principal",
  client: "client",
  cluster: "cluster",
  q: "contains",
};

/** What narrows the page, each with a way to take it off. */
export function FailureChips({ view, zone }: { view: FailureView; zone: string | null }) {
  if (!isNarrowed(view)) return null;
  const chips: { word: string; value: string; href: string }[] = filterNames
    .filter((name) => view[name] !== "")
    .map((name) => ({
      word: words[name],
      value: name === "cause" && view.cause !== "" ? causeWords[view.cause] : escapeText(view[name]),
      href: failureViewHref(view, { [name]: "" }),
    }));
  if (view.from !== "") {
    const { step } = windowFacts[view.window];
    const value = formatStep(Date.parse(view.from), Date.parse(view.to), step, zone ?? "UTC");
    chips.push({ word: "only", value, href: failureViewHref(view, { from: "", to: "" }) });
  }
  return (
    <ul aria-label="Filters" className="flex flex-wrap items-center gap-1.5 pb-3">
      {chips.map(({ word, value, href }) => (
        <li key={word} className="min-w-0">
          <ChipLink shallow on href={href}>
            <span className="font-normal">{word}</span>
            <bdi className="max-w-64 truncate">{value}</bdi>
            <span aria-hidden="true">×</span>
            <span className="sr-only">, remove this filter</span>
          </ChipLink>
        </li>
      ))}
      {chips.length > 1 ? (
        <li>
          <ViewLink
            href={failureViewHref(clearFilters(view))}
            className="px-1.5 text-small text-muted hover:text-ink hover:underline"
          >
            Remove all
          </ViewLink>
        </li>
      ) : null}
    </ul>
  );
}
