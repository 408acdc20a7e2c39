"use client";

import { useState } from "react";
import type { User } from "#lib/people/schema";
import { peopleKey } from "@/components/people/queries";
import { ApiError, describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { describePlace } from "@/components/settings/describe-place";
import { everywhere, PlaceFields, toPlaceBody } from "@/components/settings/place-fields";
import { SecretOnce } from "@/components/settings/secret-once";
import { Button } from "@/components/ui/button";
import { Facts } from "@/components/ui/card";
import { Drawer } from "@/components/ui/drawer";
import { formatPlural } from "@/components/ui/format-bytes";
import { Pill } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";

/** One person: facts, roles, and what an admin can do. */
export function PersonDrawer({
  person,
  registries,
  mayWrite,
  onClose,
}: {
  person: User;
  registries: readonly { slug: string; name: string }[];
  mayWrite: boolean;
  onClose: () => void;
}) {
  const [asking, setAsking] = useState<"reset" | "disable" | null>(null);
  const invalidates = [[...peopleKey]];
  const change = useDeed<{ disabled: boolean }>({
    request: (body) => ({ path: `/api/v1/users/${person.id}`, method: "PATCH", body }),
    invalidates,
    done: (_, { disabled }) => ({
      title: disabled ? `${person.name} can no longer sign in` : `${person.name} can sign in again`,
    }),
    onDone: () => setAsking(null),
  });
  const reset = useDeed<void, { password: string }>({
    request: () => ({ path: `/api/v1/users/${person.id}/reset-password`, method: "POST" }),
    invalidates,
    onDone: () => setAsking(null),
  });
  return (
    <Drawer open onClose={onClose} title={person.name} description={person.login}>
      <div className="flex flex-col gap-5">
        <div className="rounded-card border border-line">
          <Facts
            facts={[
              {
                label: "State",
                value: person.disabledAt ? <Pill tone="warn">disabled</Pill> : "may sign in",
              },
              {
                label: "Signs in by",
                value: person.kind === "oidc" ? "the identity provider" : "login and password",
              },
              { label: "E-mail", value: person.email ?? <span className="text-faint">none</span> },
              ...(person.groups.length > 0 ? [{ label: "Groups", value: person.groups.join(", ") }] : []),
              ...(person.answersFor > 0
                ? [
                    {
                      label: "Answers for",
                      value: formatPlural(person.answersFor, "robot or workload", "robots and workloads"),
                    },
                  ]
                : []),
              { label: "Last sign-in", value: <RelativeTime at={person.lastSignInAt} /> },
              { label: "Added", value: <RelativeTime at={person.createdAt} /> },
            ]}
          />
        </div>
        <Roles person={person} registries={registries} mayWrite={mayWrite} />
        {reset.data ? <SecretOnce label="New password" secret={reset.data.password} /> : null}
        {mayWrite ? (
          <div className="flex flex-wrap gap-2 border-t border-line pt-4">
            {person.kind === "local" ? (
              <Button onClick={() => setAsking("reset")}>Reset the password</Button>
            ) : null}
            {person.disabledAt ? (
              <Button busy={change.isPending} onClick={() => change.mutate({ disabled: false })}>
                Enable
              </Button>
            ) : (
              <Button onClick={() => setAsking("disable")}>Disable</Button>
            )}
          </div>
        ) : null}
      </div>
      <ConfirmDialog
        open={asking === "disable"}
        onClose={() => setAsking(null)}
        title={`Disable ${person.name}?`}
        deed="Disable the person"
        busy={change.isPending}
        error={change.error}
        onConfirm={() => change.mutate({ disabled: true })}
      >
        Their sessions and API keys stop working with the next request, their registry secrets with the next
        sign-in at a registry. Nothing is deleted, and you can enable them again.
        {person.answersFor > 0
          ? ` ${formatPlural(person.answersFor, "robot or workload", "robots and workloads")} that they answer for will go on working: name a new owner under Access.`
          : ""}
      </ConfirmDialog>
      <ConfirmDialog
        open={asking === "reset"}
        onClose={() => setAsking(null)}
        title={`Reset the password of ${person.name}?`}
        deed="Reset the password"
        busy={reset.isPending}
        error={reset.error}
        onConfirm={() => reset.mutate()}
      >
        The present password stops working, and their sessions end. The new one is shown to you once.
      </ConfirmDialog>
    </Drawer>
  );
}

function Roles({
  person,
  registries,
  mayWrite,
}: {
  person: User;
  registries: readonly { slug: string; name: string }[];
  mayWrite: boolean;
}) {
  const [place, setPlace] = useState(everywhere);
  const invalidates = [[...peopleKey]];
  const give = useDeed<ReturnType<typeof toPlaceBody>>({
    request: (body) => ({
      path: "/api/v1/role-bindings",
      method: "POST",
      body: { user: person.login, ...body },
    }),
    invalidates,
    onDone: () => setPlace(everywhere),
  });
  const take = useDeed<string>({
    request: (id) => ({ path: `/api/v1/role-bindings/${id}`, method: "DELETE" }),
    invalidates,
  });
  const refusal = give.error instanceof ApiError ? give.error : null;
  const failure = give.error ?? take.error;
  return (
    <section aria-label="Roles" className="flex flex-col gap-2">
      <h3 className="font-semibold">Roles</h3>
      {person.roles.length === 0 ? <p className="text-muted">No role yet: they see nothing.</p> : null}
      <ul className="divide-y divide-line">
        {person.roles.map((binding) => (
          <li key={binding.id} className="flex items-center gap-2 py-1.5">
            <span className="min-w-0 flex-1">
              <span className="font-medium">{binding.role}</span>{" "}
              <span className="text-muted">{describePlace(binding)}</span>
              {binding.source === "oidc" ? <span className="text-faint"> · by group</span> : null}
            </span>
            {mayWrite && binding.source !== "oidc" ? (
              <Button
                size="small"
                variant="ghost"
                disabled={take.isPending}
                onClick={() => take.mutate(binding.id)}
              >
                Take away
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {mayWrite ? (
        <div className="flex flex-col gap-3 rounded-card bg-sunken/60 p-3">
          <PlaceFields
            place={place}
            registries={registries}
            onChange={setPlace}
            errors={{
              role: refusal?.fieldProblem("role"),
              registry: refusal?.fieldProblem("registry"),
              pattern: refusal?.fieldProblem("pattern"),
            }}
          />
          <Button
            className="self-start"
            busy={give.isPending}
            onClick={() => give.mutate(toPlaceBody(place))}
          >
            Give the role
          </Button>
        </div>
      ) : null}
      {failure ? (
        <p role="alert" className="text-danger">
          {describeError(failure)}
        </p>
      ) : null}
    </section>
  );
}
