"use client";

import { useState } from "react";
import type { RegistryItem } from "#lib/registries/schema";
import { useDeed } from "@/components/query/use-deed";
import { describeInterval } from "@/components/registries/describe-sync";
import {
  prepareDistributionConfig,
  secretPlaceholder,
} from "@/components/registries/prepare-notification-config";
import { registriesKey, registryPath } from "@/components/registries/queries";
import type { RegistryRights } from "@/components/registries/registry-rights";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { SecretOnce } from "@/components/settings/secret-once";
import { Button } from "@/components/ui/button";
import { Card, Facts } from "@/components/ui/card";
import { ConfigText } from "@/components/ui/config-text";
import { formatCount } from "@/components/ui/format-bytes";
import { StateDot } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";

/** What the registry sends of itself, and the configuration that makes it do so. */
export function RegistryNotifications({
  registry,
  rights,
}: {
  registry: RegistryItem;
  rights: RegistryRights;
}) {
  const [asking, setAsking] = useState(false);
  // Shown this once: kept apart from the request, which closing the dialog resets.
  const [secret, setSecret] = useState<string | null>(null);
  const make = useDeed<void, { secret: string; url: string }>({
    request: () => ({ path: `${registryPath(registry.slug)}/ingest-secret`, method: "POST", body: {} }),
    invalidates: [[...registriesKey]],
    onDone: ({ secret: made }) => {
      setSecret(made);
      setAsking(false);
    },
  });
  const { secretSet, url } = registry.notifications;
  const mayMake = rights.write && registry.disconnectedAt === null;
  const shownSecret = secret ?? secretPlaceholder;
  return (
    <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_22rem]">
      <div className="flex min-w-0 flex-col gap-5">
        <Card
          title="1. The secret"
          detail={secretSet ? "one is set" : "none yet"}
          actions={
            mayMake ? (
              <Button
                size="small"
                variant={secretSet ? "secondary" : "primary"}
                busy={make.isPending}
                onClick={() => setAsking(true)}
              >
                {secretSet ? "Make a new secret" : "Make the secret"}
              </Button>
            ) : null
          }
        >
          <div className="flex flex-col gap-3 px-3.5 py-3">
            <p className="max-w-2xl text-muted">
              The registry sends it with each notification, so that nobody else can tell us of pushes that
              never were.
              {secretSet ? null : mayMake ? null : " An admin can make it."}
            </p>
            {secret ? <SecretOnce label="The secret" secret={secret} /> : null}
          </div>
        </Card>
        <Card title="2. The registry's configuration" detail="distribution 2.8 and 3">
          <div className="flex flex-col gap-3 px-3.5 py-3">
            <p className="max-w-2xl text-muted">
              Put this into its <code>config.yml</code> and restart it. The registry must be able to reach{" "}
              <code className="[overflow-wrap:anywhere]">{url}</code>.
              {secret
                ? null
                : secretSet
                  ? " The secret stands only where you copied it to; put it in its place."
                  : ""}
            </p>
            <ConfigText text={prepareDistributionConfig(url, shownSecret)} />
          </div>
        </Card>
        <Card title="Other registries">
          <p className="max-w-2xl px-3.5 py-3 text-muted">
            zot and Harbor send events of their own form: add a source for them under Sources.
            {registry.syncEveryMinutes === 0
              ? " This registry is read only by hand: choose a schedule in its settings to see pushes without notifications."
              : ` Without notifications its pushes appear with the sweep, ${describeInterval(registry.syncEveryMinutes)}.`}
          </p>
        </Card>
      </div>
      <Card title="What arrived" detail={<Arrival registry={registry} />}>
        <Facts
          facts={[
            { label: "Last event", value: <RelativeTime at={registry.lastEventAt} /> },
            { label: "Unreadable", value: <Count count={registry.notifications.unreadable} /> },
            { label: "Conflicting", value: <Count count={registry.notifications.conflicting} /> },
          ]}
        />
        {registry.notifications.unreadable > 0 ? (
          <p className="border-t border-line px-3.5 py-2.5 text-small text-muted">
            Unreadable ones had the right secret and a form that is not distribution&apos;s. A sweep finds
            what they would have told.
          </p>
        ) : null}
        {registry.notifications.conflicting > 0 ? (
          <p className="border-t border-line px-3.5 py-2.5 text-small text-muted">
            Conflicting ones came under the id of an earlier event with another content; the first one stands.
          </p>
        ) : null}
      </Card>
      <ConfirmDialog
        open={asking}
        onClose={() => {
          make.reset();
          setAsking(false);
        }}
        title={secretSet ? "Make a new secret?" : "Make the secret for notifications?"}
        deed={secretSet ? "Replace the secret" : "Make the secret"}
        danger={secretSet}
        busy={make.isPending}
        error={make.error}
        onConfirm={() => make.mutate()}
      >
        {secretSet
          ? "The one before it ends at once: until the registry is given the new one, its notifications are refused. The registry repeats them, so nothing is lost if that is soon."
          : "It is shown once, together with the configuration that holds it. Nothing changes at the registry until you paste that there."}
      </ConfirmDialog>
    </div>
  );
}

function Arrival({ registry }: { registry: RegistryItem }) {
  if (!registry.notifications.secretSet)
    return (
      <span className="inline-flex items-center gap-1.5">
        <StateDot tone="plain" />
        not set up
      </span>
    );
  return registry.lastEventAt === null ? (
    <span className="inline-flex items-center gap-1.5">
      <StateDot tone="warn" />
      nothing yet
    </span>
  ) : (
    <span className="inline-flex items-center gap-1.5">
      <StateDot tone="good" />
      set up
    </span>
  );
}

function Count({ count }: { count: number }) {
  return count === 0 ? (
    <span className="text-faint">none</span>
  ) : (
    <span className="font-medium text-warn">{formatCount(count)}</span>
  );
}
