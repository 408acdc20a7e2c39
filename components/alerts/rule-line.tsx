"use client";

import Ellipsis from "lucide-react/icons/ellipsis";
import type { AlertRule } from "#lib/alerts/schema";
import { channelWords, deliveryWords, stateWords } from "@/components/alerts/alert-words";
import { Button, buttonClasses } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { Menu } from "@/components/ui/menu";
import { Pill } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";

export function RuleLine({
  rule,
  mayWrite,
  testing,
  onTest,
  onLog,
  onEdit,
  onEnable,
  onRemove,
}: {
  rule: AlertRule;
  mayWrite: boolean;
  testing: boolean;
  onTest: () => void;
  onLog: () => void;
  onEdit: () => void;
  onEnable: (enabled: boolean) => void;
  onRemove: () => void;
}) {
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-3.5 py-3">
      <div className="min-w-0 flex-1 basis-72">
        <p
          className={classNames(
            "font-medium [overflow-wrap:anywhere]",
            !rule.enabled && "font-normal text-muted",
          )}
        >
          <SafeText text={rule.sentence} clip={false} />
        </p>
        <p className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-small text-muted">
          {rule.enabled ? null : <Pill>off</Pill>}
          {rule.firing > 0 ? (
            <Pill tone="danger">{rule.firing === 1 ? "firing" : `firing for ${rule.firing} things`}</Pill>
          ) : null}
          <span className="[overflow-wrap:anywhere]">
            {channelWords[rule.channel.kind]}: <SafeText text={rule.channel.target} clip={false} />
          </span>
          <LastDelivery last={rule.lastDelivery} />
        </p>
      </div>
      <div className="flex items-center gap-1.5">
        {mayWrite ? (
          <Button size="small" busy={testing} onClick={onTest}>
            Test
          </Button>
        ) : null}
        <Button size="small" variant="ghost" onClick={onLog}>
          Log
        </Button>
        {mayWrite ? (
          <Menu
            label="More deeds"
            className={buttonClasses({ size: "small", variant: "ghost" })}
            align="end"
            items={[
              { key: "edit", label: "Change", onSelect: onEdit },
              rule.enabled
                ? { key: "off", label: "Turn off", onSelect: () => onEnable(false) }
                : { key: "on", label: "Turn on", onSelect: () => onEnable(true) },
              { key: "remove", label: "Remove", onSelect: onRemove },
            ]}
          >
            <Ellipsis aria-hidden="true" className="size-4" />
          </Menu>
        ) : null}
      </div>
    </li>
  );
}

function LastDelivery({ last }: { last: AlertRule["lastDelivery"] }) {
  if (last === null) return <span>nothing sent yet</span>;
  return (
    <span>
      last: {deliveryWords[last.kind].label}, {stateWords[last.state].label}, <RelativeTime at={last.at} />
    </span>
  );
}
