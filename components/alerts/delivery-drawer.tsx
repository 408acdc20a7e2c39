"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import type { AlertDelivery, AlertRule } from "#lib/alerts/schema";
import { deliveryWords, describeAttempt, stateWords } from "@/components/alerts/alert-words";
import { alertDeliveriesQuery } from "@/components/alerts/queries";
import { PagedList } from "@/components/settings/paged-list";
import { Drawer } from "@/components/ui/drawer";
import { EmptyState } from "@/components/ui/empty-state";
import { ExactTime } from "@/components/ui/exact-time";
import { Pill } from "@/components/ui/pill";
import { SafeText } from "@/components/ui/safe-text";

/** Every notice of a rule with each try to send it. */
export function DeliveryDrawer({ rule, onClose }: { rule: AlertRule; onClose: () => void }) {
  const query = useInfiniteQuery(alertDeliveriesQuery(rule.id));
  return (
    <Drawer
      open
      onClose={onClose}
      title="Delivery log"
      description={<SafeText text={rule.sentence} clip={false} />}
    >
      <PagedList
        query={query}
        title="The log did not come"
        empty={
          <EmptyState title="Nothing was sent yet">
            Notices and tests are here for 30 days, with the answer to each try.
          </EmptyState>
        }
      >
        {(deliveries) => (
          <ul className="divide-y divide-line rounded-card border border-line">
            {deliveries.map((delivery) => (
              <DeliveryLine key={delivery.id} delivery={delivery} />
            ))}
          </ul>
        )}
      </PagedList>
    </Drawer>
  );
}

function DeliveryLine({ delivery }: { delivery: AlertDelivery }) {
  const kind = deliveryWords[delivery.kind];
  const state = stateWords[delivery.state];
  return (
    <li className="flex flex-col gap-1.5 px-3.5 py-2.5">
      <div className="flex flex-wrap items-center gap-1.5">
        <Pill tone={kind.tone}>{kind.label}</Pill>
        <Pill tone={state.tone}>{state.label}</Pill>
        <span className="ml-auto text-small text-muted">
          <ExactTime at={delivery.createdAt} />
        </span>
      </div>
      <p className="min-w-0 [overflow-wrap:anywhere]">
        <SafeText text={delivery.title} clip={false} />
      </p>
      <ol className="flex flex-col gap-0.5 text-small text-muted">
        {delivery.attempts.map((attempt) => (
          <li key={attempt.at} className="flex flex-wrap gap-x-2">
            <ExactTime at={attempt.at} />
            <span>{describeAttempt(attempt)}</span>
          </li>
        ))}
      </ol>
    </li>
  );
}
