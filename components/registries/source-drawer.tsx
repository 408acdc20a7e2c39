"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Source } from "#lib/events/schema";
import { describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { describeSource, nameSourceKind } from "@/components/registries/describe-source";
import { sourceSecretPlaceholder } from "@/components/registries/prepare-source-config";
import { SourceConfigs } from "@/components/registries/source-configs";
import { sourcesKey, unreadableQuery } from "@/components/registries/source-queries";
import { describeDelay } from "@/components/registries/source-table";
import { SecretOnce } from "@/components/settings/secret-once";
import { Button } from "@/components/ui/button";
import { Card, Facts } from "@/components/ui/card";
import { Drawer } from "@/components/ui/drawer";
import { formatCount } from "@/components/ui/format-bytes";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";

/** One source: how it stands, what of it could not be read, and what to paste at its sender. */
export function SourceDrawer({
  source,
  mayWrite,
  onClose,
  onEnd,
}: {
  source: Source | null;
  mayWrite: boolean;
  onClose: () => void;
  onEnd: (source: Source) => void;
}) {
  const [secret, setSecret] = useState<{ id: number; secret: string } | null>(null);
  const rotate = useDeed<number, { source: Source; secret: string }>({
    request: (id) => ({ path: `/api/v1/sources/${id}/secret`, method: "POST", body: {} }),
    invalidates: [[...sourcesKey]],
    onDone: ({ source: { id }, secret: made }) => setSecret({ id, secret: made }),
  });
  const close = () => {
    rotate.reset();
    setSecret(null);
    onClose();
  };
  if (source === null) return null;
  const { word, detail } = describeSource(source);
  const isOwn = source.kind !== "distribution" && source.kind !== "token-denials";
  // A cluster that the worker watches itself has no address to post to, and no secret.
  const hasOwnSecret = isOwn && source.url !== null;
  const shown = secret?.id === source.id ? secret.secret : null;
  return (
    <Drawer open onClose={close} title={<SafeText text={source.name} clip={false} />} description={detail}>
      <div className="flex flex-col gap-4">
        <Card>
          <Facts
            facts={[
              { label: "Kind", value: nameSourceKind(source.kind) },
              ...(source.cluster === null
                ? []
                : [{ label: "Cluster", value: <SafeText text={source.cluster} clip={false} /> }]),
              { label: "State", value: word },
              { label: "Last delivery", value: <RelativeTime at={source.lastDeliveryAt} /> },
              { label: "Newest event", value: <RelativeTime at={source.lastEventAt} /> },
              { label: "Delay", value: describeDelay(source.lagMs) },
              { label: "Our own request", value: <RelativeTime at={source.canaryAt} /> },
              { label: "Kept", value: formatCount(source.accepted) },
              { label: "Came again", value: formatCount(source.duplicate) },
              { label: "Left out", value: formatCount(source.ignored) },
              { label: "Unreadable", value: formatCount(source.unreadable) },
              { label: "Conflicting", value: formatCount(source.conflicting) },
            ]}
          />
        </Card>
        {source.unreadable > 0 ? <Unreadable id={source.id} /> : null}
        {shown ? <SecretOnce label="The new secret" secret={shown} /> : null}
        {hasOwnSecret ? (
          <SourceConfigs source={source} secret={shown ?? sourceSecretPlaceholder} />
        ) : source.kind === "distribution" ? (
          <p className="text-muted">Its secret and configuration are under Notifications.</p>
        ) : null}
        {rotate.error ? (
          <p role="alert" className="text-danger">
            {describeError(rotate.error)}
          </p>
        ) : null}
        {isOwn && mayWrite ? (
          <div className="flex flex-wrap gap-2">
            {hasOwnSecret ? (
              <Button busy={rotate.isPending} onClick={() => rotate.mutate(source.id)}>
                Replace the secret
              </Button>
            ) : null}
            <Button variant="danger" onClick={() => onEnd(source)}>
              End this source
            </Button>
          </div>
        ) : null}
      </div>
    </Drawer>
  );
}

function Unreadable({ id }: { id: number }) {
  const { data } = useQuery(unreadableQuery(id));
  const newest = data?.items.slice(0, 5) ?? [];
  if (newest.length === 0) return null;
  return (
    <Card title="Could not be read" detail="the newest, from their beginning">
      <ul className="divide-y divide-line">
        {newest.map(({ receivedAt, sample }) => (
          <li key={`${receivedAt}${sample}`} className="flex flex-col gap-1 px-3.5 py-2">
            <RelativeTime at={receivedAt} />
            <SafeText text={sample === "" ? "(empty)" : sample.slice(0, 300)} mono clip={false} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
