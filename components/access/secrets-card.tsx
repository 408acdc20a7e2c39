"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { AccessSecret } from "#lib/principals/schema";
import type { RegistryChoice } from "@/components/access/access-rights";
import { NewSecretDialog } from "@/components/access/new-secret-dialog";
import { accessKey, secretsQuery } from "@/components/access/queries";
import { describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CheckboxLine } from "@/components/ui/checkbox";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Pill, type Tone } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";

const stateTones: Record<AccessSecret["state"], Tone> = {
  live: "good",
  expiring: "warn",
  expired: "danger",
  revoked: "plain",
};

/** The secrets with which somebody signs in to registries: several at a time, so that they can be rotated. */
export function SecretsCard({
  path,
  username,
  registries,
  mayWrite,
  title = "Secrets",
}: {
  /** The API's list; one's own has another address than a robot's. */
  path: string;
  username: string;
  registries: RegistryChoice[];
  mayWrite: boolean;
  title?: string;
}) {
  const [ended, setEnded] = useState(false);
  const [making, setMaking] = useState<{ name: string; replaces: AccessSecret | null } | null>(null);
  const [revoking, setRevoking] = useState<AccessSecret | null>(null);
  const query = useQuery(secretsQuery(path));
  const revoke = useDeed<string>({
    request: (id) => ({ path: `${path}/${encodeURIComponent(id)}`, method: "DELETE" }),
    invalidates: [[...accessKey]],
    done: () => ({ title: "The secret no longer opens anything" }),
    onDone: () => setRevoking(null),
  });
  const secrets = (query.data?.items ?? []).filter(
    ({ state }) => ended || state === "live" || state === "expiring",
  );
  return (
    <Card
      title={title}
      detail="to sign in to a registry with"
      actions={
        <>
          <CheckboxLine checked={ended} onChange={(event) => setEnded(event.target.checked)}>
            ended ones too
          </CheckboxLine>
          {mayWrite ? (
            <Button variant="primary" onClick={() => setMaking({ name: "", replaces: null })}>
              Make a secret
            </Button>
          ) : null}
        </>
      }
    >
      {query.isPending ? (
        <SkeletonRows rows={3} />
      ) : query.isError && !query.data ? (
        <ErrorState title="The secrets did not come" onRetry={() => void query.refetch()}>
          {describeError(query.error)}
        </ErrorState>
      ) : secrets.length === 0 ? (
        <EmptyState title="No secret yet" command={`docker login <registry> --username ${username}`}>
          A secret is shown once when it is made, together with what to paste into docker, Kubernetes, GitHub
          or GitLab. A trust rule needs none at all.
        </EmptyState>
      ) : (
        <Table label={title}>
          <thead>
            <tr>
              <HeadCell>Secret</HeadCell>
              <HeadCell>Last used</HeadCell>
              <HeadCell className="hidden md:table-cell">From</HeadCell>
              <HeadCell className="hidden sm:table-cell">Ends</HeadCell>
              <HeadCell>
                <span className="sr-only">Deeds</span>
              </HeadCell>
            </tr>
          </thead>
          <tbody>
            {secrets.map((secret) => (
              <SecretRow
                key={secret.id}
                secret={secret}
                mayWrite={mayWrite}
                onRotate={() => setMaking({ name: secret.name, replaces: secret })}
                onRevoke={() => setRevoking(secret)}
              />
            ))}
          </tbody>
        </Table>
      )}
      <NewSecretDialog
        key={making?.replaces?.id ?? "new"}
        open={making !== null}
        onClose={() => setMaking(null)}
        path={path}
        registries={registries}
        suggestedName={making?.name ?? ""}
        replaces={making?.replaces ?? null}
      />
      <ConfirmDialog
        open={revoking !== null}
        onClose={() => {
          revoke.reset();
          setRevoking(null);
        }}
        title={`Revoke ${revoking?.name ?? "the secret"}?`}
        deed="Revoke the secret"
        busy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoking && revoke.mutate(revoking.id)}
      >
        {revoking?.lastUsedAt ? (
          <>
            It was last used <RelativeTime at={revoking.lastUsedAt} />
            {revoking.lastAddress ? ` from ${revoking.lastAddress}` : ""}. What still uses it is refused.{" "}
          </>
        ) : (
          "It was never used. "
        )}
        This cannot be undone; make another one instead.
      </ConfirmDialog>
    </Card>
  );
}

function SecretRow({
  secret,
  mayWrite,
  onRotate,
  onRevoke,
}: {
  secret: AccessSecret;
  mayWrite: boolean;
  onRotate: () => void;
  onRevoke: () => void;
}) {
  return (
    <Row>
      <Cell className="max-w-56">
        <span className="flex flex-wrap items-center gap-1.5">
          <SafeText text={secret.name} className="font-medium" />
          {secret.state === "live" ? null : <Pill tone={stateTones[secret.state]}>{secret.state}</Pill>}
        </span>
        <code className="text-faint">{secret.prefix}…</code>
      </Cell>
      <Cell>
        <RelativeTime at={secret.lastUsedAt} />
      </Cell>
      <Cell className="hidden max-w-64 text-muted md:table-cell">
        {secret.lastAddress ? <code>{secret.lastAddress}</code> : <span className="text-faint">nowhere</span>}
        {secret.lastAgent ? <SafeText text={secret.lastAgent} className="text-small text-faint" /> : null}
      </Cell>
      <Cell className="hidden text-muted sm:table-cell">
        <RelativeTime at={secret.revokedAt ?? secret.expiresAt} />
      </Cell>
      <Cell>
        {mayWrite && secret.state !== "revoked" ? (
          <span className="flex flex-wrap justify-end">
            <Button size="small" variant="ghost" onClick={onRotate}>
              Rotate
            </Button>
            <Button size="small" variant="ghost" onClick={onRevoke}>
              Revoke
            </Button>
          </span>
        ) : null}
      </Cell>
    </Row>
  );
}
