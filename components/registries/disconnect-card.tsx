"use client";

import { useState } from "react";
import type { RegistryItem } from "#lib/registries/schema";
import { useDeed } from "@/components/query/use-deed";
import { registriesKey, registryPath } from "@/components/registries/queries";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { formatCount, formatPlural } from "@/components/ui/format-bytes";

/** Ends the connection; says before what stays and what goes. */
export function DisconnectCard({ registry }: { registry: RegistryItem }) {
  const [asking, setAsking] = useState(false);
  const disconnect = useDeed<void>({
    request: () => ({ path: registryPath(registry.slug), method: "DELETE" }),
    invalidates: [[...registriesKey]],
    done: () => ({
      title: `${registry.name} is disconnected`,
      detail: "What was known of it stays. It can be connected again here.",
    }),
    onDone: () => setAsking(false),
  });
  return (
    <Card title="Disconnect">
      <div className="flex flex-wrap items-center justify-between gap-3 px-3.5 py-3">
        <p className="max-w-2xl text-muted">
          Ends syncs and notifications and forgets the credentials. Everything known stays, with its history.
        </p>
        <Button onClick={() => setAsking(true)}>Disconnect the registry</Button>
      </div>
      <ConfirmDialog
        open={asking}
        onClose={() => {
          disconnect.reset();
          setAsking(false);
        }}
        title={`Disconnect ${registry.name}?`}
        deed="Disconnect the registry"
        busy={disconnect.isPending}
        error={disconnect.error}
        onConfirm={() => disconnect.mutate()}
      >
        <ul className="flex list-disc flex-col gap-1.5 pl-4">
          <li>Nothing is deleted at the registry.</li>
          <li>
            {formatPlural(registry.repositoryCount, "repository", "repositories")} and{" "}
            {formatCount(registry.tagCount)} tags stay here as last known, marked as disconnected, with all
            history.
          </li>
          <li>
            {registry.hasSecret ? "The stored credentials" : "No credentials are stored; the connection"}
            {registry.notifications.secretSet ? " and the secret for notifications are" : " is"} forgotten.
            {registry.notifications.secretSet
              ? " The registry's notifications are refused from then on; take them out of its configuration."
              : ""}
          </li>
          <li>It can be connected again; that takes the credentials anew.</li>
        </ul>
      </ConfirmDialog>
    </Card>
  );
}
