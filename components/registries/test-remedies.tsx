"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { RegistryTest } from "#lib/registries/schema";
import { ApiError, describeError } from "@/components/query/api-error";
import { fetchJson } from "@/components/query/fetch-json";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { toast } from "@/components/ui/toast";

/** What a person can allow or confirm on the spot, so that the test goes further. */
export function TestRemedies({
  result,
  mayAllow,
  onAllowed,
  onConfirmRealm,
}: {
  result: RegistryTest;
  mayAllow: boolean;
  onAllowed: () => void;
  onConfirmRealm: (realm: string) => void;
}) {
  if (result.blockedNetworks.length > 0)
    return <BlockedNetworks networks={result.blockedNetworks} mayAllow={mayAllow} onAllowed={onAllowed} />;
  if (result.unconfirmedRealm !== null)
    return <UnconfirmedRealm realm={result.unconfirmedRealm} onConfirm={onConfirmRealm} />;
  return null;
}

function BlockedNetworks({
  networks,
  mayAllow,
  onAllowed,
}: {
  networks: readonly string[];
  mayAllow: boolean;
  onAllowed: () => void;
}) {
  const [reason, setReason] = useState("");
  const client = useQueryClient();
  const allow = useMutation({
    mutationFn: async () => {
      for (const cidr of networks)
        await fetchJson("/api/v1/allowed-networks", {
          method: "POST",
          body: { cidr, reason: reason.trim() },
        }).catch((error: unknown) => {
          // Allowed by somebody else in the meantime is as good.
          if (!(error instanceof ApiError && error.status === 409)) throw error;
        });
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["allowed-networks"] });
      toast({ tone: "good", title: `${joinWords(networks)} may be reached` });
      onAllowed();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // The panel stands beside the connection's form, not inside it.
    event.stopPropagation();
    allow.mutate();
  };
  const problem = allow.error instanceof ApiError ? allow.error.fieldProblem("reason") : undefined;
  return (
    <div className="border-b border-line bg-warn-soft/60 px-3.5 py-3">
      <p className="font-semibold">
        This is a private network: {networks.length === 1 ? "" : "allow "}
        {networks.map((cidr, index) => (
          <span key={cidr}>
            {index === 0 ? "" : index === networks.length - 1 ? " and " : ", "}
            <code>{cidr}</code>
          </span>
        ))}
      </p>
      {mayAllow ? (
        <form onSubmit={submit} className="mt-1 flex flex-col items-start gap-2.5">
          <p className="text-small text-muted">
            The console goes to such addresses only when an admin has allowed them. Exactly{" "}
            {networks.length === 1 ? "this address" : "these addresses"} will be allowed, for every registry;
            it is kept in the audit and can be taken back under Settings, Networks.
          </p>
          <div className="w-full">
            <Field label="Reason" error={problem}>
              {(control) => (
                <Input
                  {...control}
                  required
                  maxLength={300}
                  placeholder="our own registry in the office"
                  value={reason}
                  onChange={(event) => setReason(event.target.value)}
                />
              )}
            </Field>
          </div>
          {allow.error && !problem ? (
            <p role="alert" className="text-small text-danger">
              {describeError(allow.error)}
            </p>
          ) : null}
          <Button type="submit" variant="primary" size="small" busy={allow.isPending}>
            Allow {networks.length === 1 ? "this network" : "these networks"} and test again
          </Button>
        </form>
      ) : (
        <p className="mt-1 text-small text-muted">
          An admin of the whole console can allow it under Settings, Networks; your role is not enough.
        </p>
      )}
    </div>
  );
}

function UnconfirmedRealm({ realm, onConfirm }: { realm: string; onConfirm: (realm: string) => void }) {
  const host = URL.parse(realm)?.host ?? realm;
  return (
    <div className="flex flex-col items-start gap-2.5 border-b border-line bg-warn-soft/60 px-3.5 py-3">
      <div>
        <p className="font-semibold">The token service is on another host</p>
        <p className="text-small text-muted [overflow-wrap:anywhere]">
          The registry wants the credentials sent to <code>{realm}</code>. Whoever runs {host} will see them.
          Confirm it only if you know that it belongs to this registry.
        </p>
      </div>
      <Button variant="primary" size="small" onClick={() => onConfirm(realm)}>
        Send the credentials to {host}
      </Button>
    </div>
  );
}

function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
