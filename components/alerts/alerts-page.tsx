"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { AlertRule } from "#lib/alerts/schema";
import { DeliveryDrawer } from "@/components/alerts/delivery-drawer";
import { alertDeliveriesKey, alertRulesKey, alertRulesQuery } from "@/components/alerts/queries";
import { RuleDialog } from "@/components/alerts/rule-dialog";
import { RuleLine } from "@/components/alerts/rule-line";
import { useDeed } from "@/components/query/use-deed";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { PagedList } from "@/components/settings/paged-list";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { SafeText } from "@/components/ui/safe-text";

/** Who is told of what, each rule as a sentence. */
export function AlertsPage({
  registries,
  mayWrite,
}: {
  registries: readonly { slug: string; name: string }[];
  mayWrite: boolean;
}) {
  const [editing, setEditing] = useState<AlertRule | "new" | null>(null);
  const [removing, setRemoving] = useState<AlertRule | null>(null);
  const [logged, setLogged] = useState<AlertRule | null>(null);
  const query = useInfiniteQuery(alertRulesQuery());
  const remove = useDeed<string>({
    request: (id) => ({ path: `/api/v1/alert-rules/${id}`, method: "DELETE" }),
    invalidates: [[...alertRulesKey]],
    done: () => ({ title: "The rule is gone" }),
    onDone: () => setRemoving(null),
  });
  const change = useDeed<{ rule: AlertRule; enabled: boolean }>({
    request: ({ rule, enabled }) => ({
      path: `/api/v1/alert-rules/${rule.id}`,
      method: "PATCH",
      body: { enabled },
    }),
    invalidates: [[...alertRulesKey]],
    done: (_, { enabled }) => ({ title: enabled ? "The rule is on" : "The rule is off" }),
  });
  const test = useDeed<AlertRule>({
    request: (rule) => ({ path: `/api/v1/alert-rules/${rule.id}/test`, method: "POST" }),
    invalidates: [[...alertRulesKey], [...alertDeliveriesKey]],
    done: (_, rule) => ({
      title: "The test is on its way",
      detail: "The delivery log shows what comes of it.",
      action: { label: "Open the log", onSelect: () => setLogged(rule) },
    }),
  });
  const create = mayWrite ? (
    <Button variant="primary" onClick={() => setEditing("new")}>
      New rule
    </Button>
  ) : undefined;
  return (
    <Card
      title="Alerts"
      detail="for the whole console: who is told when something needs somebody"
      actions={create}
    >
      <PagedList
        query={query}
        title="The rules did not come"
        empty={
          <EmptyState title="Nobody is told of anything yet" action={create}>
            A rule sends a signed webhook, a message to Slack or an e-mail when pulls fail, when somebody
            unusual pushes to a protected repository, or when a source of events goes silent; and once more
            when that is over.
          </EmptyState>
        }
      >
        {(rules) => (
          <ul className="divide-y divide-line">
            {rules.map((rule) => (
              <RuleLine
                key={rule.id}
                rule={rule}
                mayWrite={mayWrite}
                testing={test.isPending && test.variables?.id === rule.id}
                onTest={() => test.mutate(rule)}
                onLog={() => setLogged(rule)}
                onEdit={() => setEditing(rule)}
                onEnable={(enabled) => change.mutate({ rule, enabled })}
                onRemove={() => setRemoving(rule)}
              />
            ))}
          </ul>
        )}
      </PagedList>
      {editing ? (
        <RuleDialog
          rule={editing === "new" ? null : editing}
          registries={registries}
          onClose={() => setEditing(null)}
        />
      ) : null}
      {logged ? <DeliveryDrawer rule={logged} onClose={() => setLogged(null)} /> : null}
      <ConfirmDialog
        open={removing !== null}
        onClose={() => setRemoving(null)}
        title="Remove this rule?"
        deed="Remove the rule"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => removing && remove.mutate(removing.id)}
      >
        <SafeText text={removing?.sentence ?? ""} clip={false} />. Nobody is told of it any more, and its
        delivery log is gone.
      </ConfirmDialog>
    </Card>
  );
}
