"use client";

import type { AuditEvent } from "#lib/audit/schema";
import { ActorName } from "@/components/audit/actor-name";
import type { AuditView } from "@/components/audit/audit-view";
import { Facts } from "@/components/ui/card";
import { Drawer } from "@/components/ui/drawer";
import { escapeText } from "@/components/ui/escape-text";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";

/** One audit row, whole. */
export function AuditDrawer({
  event,
  onClose,
  onNarrow,
}: {
  event: AuditEvent;
  onClose: () => void;
  /** Shows the rows that have this in common with it. */
  onNarrow: (change: Partial<AuditView>) => void;
}) {
  const isChange = event.kind === "change";
  return (
    <Drawer open onClose={onClose} title={event.action}>
      <div className="flex flex-col gap-4">
        <div className="rounded-card border border-line">
          <Facts
            facts={[
              { label: "To what", value: <SafeText text={event.target} clip={false} /> },
              ...(event.registry === null ? [] : [{ label: "Registry", value: event.registry }]),
              { label: "Outcome", value: event.outcome },
              {
                label: "Who",
                value: (
                  <>
                    <ActorName event={event} /> <span className="text-faint">({event.actorKind})</span>
                  </>
                ),
              },
              {
                label: "When",
                value: (
                  <>
                    {event.at} · <RelativeTime at={event.at} />
                  </>
                ),
              },
              {
                label: "Address",
                value: (
                  <span className="flex flex-wrap items-baseline justify-between gap-x-3">
                    <code>{event.address ?? (isChange ? "from inside the console" : "unknown")}</code>
                    <Narrow
                      label="All from this address"
                      onClick={event.address ? () => onNarrow({ address: event.address ?? "" }) : null}
                    />
                  </span>
                ),
              },
              { label: "Client", value: <SafeText text={event.agent ?? "unknown"} clip={false} /> },
              {
                label: isChange ? "Request" : "Event",
                value: (
                  <span className="flex flex-wrap items-baseline justify-between gap-x-3">
                    <code className="select-all">
                      <SafeText text={event.requestId} clip={false} />
                    </code>
                    <Narrow
                      label="All of this request"
                      onClick={isChange ? () => onNarrow({ requestId: event.requestId }) : null}
                    />
                  </span>
                ),
              },
            ]}
          />
        </div>
        <State title="Before" value={event.before} />
        <State title={isChange ? "After" : "What was told"} value={event.after} />
      </div>
    </Drawer>
  );
}

function Narrow({ label, onClick }: { label: string; onClick: (() => void) | null }) {
  if (onClick === null) return null;
  return (
    <button type="button" className="text-small text-accent hover:underline" onClick={onClick}>
      {label}
    </button>
  );
}

function State({ title, value }: { title: string; value: unknown }) {
  if (value === null || value === undefined) return null;
  return (
    <section aria-label={title}>
      <h3 className="mb-1 font-semibold">{title}</h3>
      <pre className="max-h-80 overflow-auto rounded-card border border-line bg-sunken/50 p-3 font-mono whitespace-pre-wrap [overflow-wrap:anywhere]">
        <bdi>{JSON.stringify(value, null, 2).split("\n").map(escapeText).join("\n")}</bdi>
      </pre>
    </section>
  );
}
