"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { AllowedNetworkItem } from "#lib/registries/schema";
import { networksQuery } from "@/components/networks/queries";
import { ApiError, describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { PagedList } from "@/components/settings/paged-list";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";

/** Loopback, private and carrier-grade networks are refused until an admin allows them here. */
export function NetworksPage({ mayWrite }: { mayWrite: boolean }) {
  const [removing, setRemoving] = useState<AllowedNetworkItem | null>(null);
  const query = useInfiniteQuery(networksQuery());
  const remove = useDeed<number>({
    request: (id) => ({ path: `/api/v1/allowed-networks/${id}`, method: "DELETE" }),
    invalidates: [["allowed-networks"]],
    done: () => ({ title: "The network is no longer reached" }),
    onDone: () => setRemoving(null),
  });
  return (
    <Card title="Allowed networks" detail="private addresses that the console may connect to">
      <p className="max-w-3xl px-3.5 pt-3 text-muted">
        The console connects to public addresses only. A registry on a loopback, private or carrier-grade
        address needs its network here first. Link-local and cloud metadata addresses are never reached.
      </p>
      {mayWrite ? <AllowForm /> : null}
      <PagedList
        query={query}
        title="The networks did not come"
        empty={
          <EmptyState title="No private network is allowed">Registries on public addresses work.</EmptyState>
        }
      >
        {(networks) => (
          <Table label="Allowed networks">
            <thead>
              <tr>
                <HeadCell>Network</HeadCell>
                <HeadCell>Because</HeadCell>
                <HeadCell className="hidden sm:table-cell">Allowed by</HeadCell>
                <HeadCell className="hidden text-right sm:table-cell">When</HeadCell>
                <HeadCell>
                  <span className="sr-only">Deeds</span>
                </HeadCell>
              </tr>
            </thead>
            <tbody>
              {networks.map((network) => (
                <Row key={network.id}>
                  <Cell>
                    <code>{network.cidr}</code>
                  </Cell>
                  <Cell className="text-muted">
                    <SafeText text={network.reason} />
                  </Cell>
                  <Cell className="hidden text-muted sm:table-cell">{network.createdBy}</Cell>
                  <Cell className="hidden text-right sm:table-cell">
                    <RelativeTime at={network.createdAt} />
                  </Cell>
                  <Cell className="text-right">
                    {mayWrite ? (
                      <Button size="small" variant="ghost" onClick={() => setRemoving(network)}>
                        Remove
                      </Button>
                    ) : null}
                  </Cell>
                </Row>
              ))}
            </tbody>
          </Table>
        )}
      </PagedList>
      <ConfirmDialog
        open={removing !== null}
        onClose={() => setRemoving(null)}
        title={`Stop reaching ${removing?.cidr ?? "the network"}?`}
        deed="Remove the network"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => removing && remove.mutate(removing.id)}
      >
        Registries on addresses in it show as failing from then on. What is known of them stays.
      </ConfirmDialog>
    </Card>
  );
}

function AllowForm() {
  const [cidr, setCidr] = useState("");
  const [reason, setReason] = useState("");
  const allow = useDeed<{ cidr: string; reason: string }>({
    request: (body) => ({ path: "/api/v1/allowed-networks", method: "POST", body }),
    invalidates: [["allowed-networks"]],
    done: (_, input) => ({ tone: "good", title: `${input.cidr} may be reached` }),
    onDone: () => {
      setCidr("");
      setReason("");
    },
  });
  const error = allow.error instanceof ApiError ? allow.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    allow.mutate({ cidr: cidr.trim(), reason: reason.trim() });
  };
  return (
    <form
      onSubmit={submit}
      className="grid items-start gap-3 border-b border-line p-3.5 sm:grid-cols-[14rem_1fr_auto]"
    >
      <Field
        label="Network"
        hint="10.20.0.0/16, or one address as 10.20.0.5/32"
        error={error?.fieldProblem("cidr")}
      >
        {(control) => (
          <Input
            {...control}
            required
            className="font-mono"
            spellCheck={false}
            value={cidr}
            onChange={(event) => setCidr(event.target.value)}
          />
        )}
      </Field>
      <Field label="Reason" error={error?.fieldProblem("reason")}>
        {(control) => (
          <Input
            {...control}
            required
            maxLength={300}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" variant="primary" className="sm:mt-[22px]" busy={allow.isPending}>
        Allow the network
      </Button>
      {allow.error && error?.fields.length === 0 ? (
        <p role="alert" className="text-danger sm:col-span-3">
          {describeError(allow.error)}
        </p>
      ) : null}
    </form>
  );
}
