"use client";

import X from "lucide-react/icons/x";
import {
  type ActivityView,
  activityHref,
  activityWindowFacts,
  activityWindows,
} from "@/components/activity/activity-view";
import { ChipLink } from "@/components/ui/chip";
import { formatDay } from "@/components/ui/format-time";
import { RegistrySelect } from "@/components/ui/registry-select";
import { SafeText } from "@/components/ui/safe-text";
import { Select } from "@/components/ui/select";

interface Choice {
  slug: string;
  name: string;
}

/** What narrows every part of the page. */
export function ActivityFilters({
  view,
  registries,
  teams,
}: {
  view: ActivityView;
  registries: readonly Choice[];
  teams: readonly Choice[];
}) {
  const go = (change: Partial<ActivityView>) =>
    window.history.replaceState(null, "", activityHref(view, change));
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <nav aria-label="Time" className="flex gap-1.5">
        {activityWindows.map((window) => (
          <ChipLink
            key={window}
            shallow
            on={view.from === "" && view.window === window}
            href={activityHref(view, { window, from: "", to: "" })}
          >
            {activityWindowFacts[window].word}
          </ChipLink>
        ))}
      </nav>
      {registries.length > 1 ? (
        <RegistrySelect
          registries={registries}
          every
          value={view.registry}
          onSlug={(registry) => go({ registry, repository: "" })}
        />
      ) : null}
      {teams.length > 0 ? (
        <Select aria-label="Team" value={view.team} onChange={(event) => go({ team: event.target.value })}>
          <option value="">every team</option>
          {teams.map((team) => (
            <option key={team.slug} value={team.slug}>
              {team.name}
            </option>
          ))}
        </Select>
      ) : null}
      {view.from ? <Chosen href={activityHref(view, { from: "", to: "" })} text={sayDays(view)} /> : null}
      {view.repository ? (
        <Chosen href={activityHref(view, { repository: "" })} text={`${view.registry}/${view.repository}`} />
      ) : null}
      {view.principal ? (
        <Chosen href={activityHref(view, { principal: "" })} text={`by ${view.principal}`} />
      ) : null}
    </div>
  );
}

function Chosen({ href, text }: { href: string; text: string }) {
  return (
    <ChipLink shallow on href={href}>
      <span className="sr-only">Without</span>
      <span className="max-w-60 min-w-0">
        <SafeText text={text} />
      </span>
      <X aria-hidden="true" className="size-3" />
    </ChipLink>
  );
}

function sayDays({ from, to }: ActivityView): string {
  const [first, last] = [from, to].map((day) => formatDay(Date.parse(day), true));
  return first === last ? `${first}` : `${first} to ${last}`;
}
