import type { AuditEvent } from "#lib/audit/schema";
import { ActorName } from "@/components/audit/actor-name";
import { Pill, type Tone } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";

const outcomeTones: Record<AuditEvent["outcome"], Tone> = {
  succeeded: "good",
  denied: "warn",
  failed: "danger",
  intent: "info",
};

/** One row for each event. On a phone there are two columns: when and how it ended; what, to what and who. */
export function AuditTable({
  events,
  namesRegistry,
  onOpen,
}: {
  events: AuditEvent[];
  /** There are several registries, so each is named. */
  namesRegistry: boolean;
  onOpen: (event: AuditEvent) => void;
}) {
  return (
    <Table label="Audit">
      <thead>
        <tr>
          <HeadCell>When</HeadCell>
          <HeadCell className="hidden sm:table-cell">Who</HeadCell>
          <HeadCell>What</HeadCell>
          <HeadCell className="hidden sm:table-cell">To what</HeadCell>
          <HeadCell className="hidden lg:table-cell">From</HeadCell>
          <HeadCell className="hidden sm:table-cell">Outcome</HeadCell>
        </tr>
      </thead>
      <tbody>
        {events.map((event) => (
          <Row key={`${event.kind} ${event.id}`}>
            <Cell className="max-sm:py-2 max-sm:align-top">
              <RelativeTime at={event.at} />
              <span className="mt-0.5 block sm:hidden">
                <Outcome event={event} />
              </span>
            </Cell>
            <Cell className="hidden max-w-48 sm:table-cell">
              <span className="block truncate" title={event.actor}>
                <ActorName event={event} />
              </span>
            </Cell>
            <Cell className="max-sm:w-full max-sm:max-w-0 max-sm:py-2 max-sm:align-top">
              <button
                type="button"
                onClick={() => onOpen(event)}
                className="text-left font-mono [overflow-wrap:anywhere] hover:underline"
              >
                {event.action}
              </button>
              <span className="line-clamp-3 sm:hidden">
                <Target event={event} namesRegistry={namesRegistry} clip={false} />
              </span>
              <span className="block text-small text-muted sm:hidden">
                <ActorName event={event} inSentence />
              </span>
            </Cell>
            <Cell className="hidden max-w-md sm:table-cell">
              <span className="flex min-w-0" title={event.target}>
                <Target event={event} namesRegistry={namesRegistry} />
              </span>
            </Cell>
            <Cell className="hidden text-muted lg:table-cell">
              <code>{event.address ?? (event.kind === "change" ? "inside" : "unknown")}</code>
            </Cell>
            <Cell className="hidden sm:table-cell">
              <Outcome event={event} />
            </Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

function Outcome({ event: { outcome } }: { event: AuditEvent }) {
  return <Pill tone={outcomeTones[outcome]}>{outcome}</Pill>;
}

function Target({
  event,
  namesRegistry,
  clip,
}: {
  event: AuditEvent;
  namesRegistry: boolean;
  clip?: boolean;
}) {
  return (
    <>
      {event.kind === "event" && event.repository !== null && namesRegistry ? (
        <span className="tag-mono text-muted">{event.registry}/</span>
      ) : null}
      <SafeText text={event.target} mono clip={clip} />
    </>
  );
}
