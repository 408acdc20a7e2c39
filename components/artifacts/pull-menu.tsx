"use client";

import ChevronDown from "lucide-react/icons/chevron-down";
import { useState } from "react";
import type { Artifact } from "#lib/inventory/schema-artifact";
import { type PullCommand, preparePullCommands } from "@/components/artifacts/prepare-pull-commands";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { CommandLine } from "@/components/ui/command-line";
import { Popover } from "@/components/ui/popover";

/** The commands that fetch this artifact, each with a button that copies it. */
export function PullMenu({ artifact }: { artifact: Artifact }) {
  const [way, setWay] = useState<"tag" | "digest">("tag");
  const commands = preparePullCommands({
    kind: artifact.kind,
    host: artifact.registryState.host,
    repository: artifact.repository,
    tag: artifact.tag,
    digest: artifact.digest,
  });
  const byTag = way === "tag" && commands.byTag.length > 0;
  const shown = byTag ? commands.byTag : commands.byDigest;
  return (
    <Popover
      label="Pull commands"
      align="end"
      wide
      trigger={
        <Button>
          Pull
          <ChevronDown aria-hidden="true" className="size-3.5" />
        </Button>
      }
    >
      <div className="flex w-[min(36rem,calc(100vw-3rem))] flex-col gap-2.5">
        {commands.byTag.length > 0 ? (
          <fieldset className="flex gap-1">
            <legend className="sr-only">Pull by</legend>
            <WayButton on={byTag} onChoose={() => setWay("tag")}>
              By tag
            </WayButton>
            <WayButton on={!byTag} onChoose={() => setWay("digest")}>
              By digest
            </WayButton>
          </fieldset>
        ) : null}
        <p className="text-small text-faint">
          {byTag
            ? "What the tag stands on when the command runs."
            : "Always these very bytes, wherever the tag moves."}
        </p>
        <ul className="flex max-h-[60dvh] flex-col gap-2 overflow-y-auto">
          {shown.map((entry) => (
            <PullLine key={entry.tool} entry={entry} />
          ))}
        </ul>
        {commands.note ? <p className="text-small text-muted">{commands.note}</p> : null}
      </div>
    </Popover>
  );
}

function PullLine({ entry }: { entry: PullCommand }) {
  return (
    <li className="grid items-center gap-x-3 gap-y-0.5 sm:grid-cols-[3.5rem_minmax(0,1fr)]">
      <span className="text-small text-muted">{entry.tool}</span>
      <CommandLine command={entry.command} />
    </li>
  );
}

function WayButton({ on, onChoose, children }: { on: boolean; onChoose: () => void; children: string }) {
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={onChoose}
      className={classNames(
        "h-7 rounded-control px-2.5 text-small",
        on ? "bg-accent-soft font-semibold text-accent" : "text-muted hover:bg-sunken hover:text-ink",
      )}
    >
      {children}
    </button>
  );
}
