"use client";

import { type FormEvent, useState } from "react";
import type { Team } from "#lib/teams/schema";
import { ApiError, describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { formatPatterns, parsePatterns, readLines } from "@/components/teams/prepare-team";
import { teamsKey } from "@/components/teams/queries";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormFoot } from "@/components/ui/form-foot";
import { Input, Textarea } from "@/components/ui/input";

/** Adds a team, or changes one. */
export function TeamDialog({
  team,
  registries,
  onClose,
}: {
  team: Team | null;
  registries: readonly { slug: string; name: string }[];
  onClose: () => void;
}) {
  const [slug, setSlug] = useState(team?.slug ?? "");
  const [name, setName] = useState(team?.name ?? "");
  const [description, setDescription] = useState(team?.description ?? "");
  const [members, setMembers] = useState((team?.members ?? []).map((each) => each.login).join("\n"));
  const [patterns, setPatterns] = useState(formatPatterns(team?.patterns ?? []));
  const save = useDeed<Record<string, unknown>>({
    request: (body) =>
      team
        ? { path: `/api/v1/teams/${team.slug}`, method: "PATCH", body }
        : { path: "/api/v1/teams", method: "POST", body: { slug, ...body } },
    invalidates: [[...teamsKey]],
    done: () => ({ tone: "good", title: team ? `${name} was changed` : `${name} was added` }),
    onDone: onClose,
  });
  const error = save.error instanceof ApiError ? save.error : null;
  const problemAt = (prefix: string) =>
    error?.fields.find((each) => each.field === prefix || each.field.startsWith(`${prefix}.`))?.message;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({
      name: name.trim(),
      description: description.trim(),
      patterns: parsePatterns(patterns),
      ...(team && team.members === null ? {} : { members: readLines(members.toLowerCase()) }),
    });
  };
  return (
    <Dialog open onClose={onClose} title={team ? `Change ${team.name}` : "Add a team"}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="Name" error={problemAt("name")}>
            {(control) => (
              <Input
                {...control}
                required
                maxLength={100}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <Field label="Slug" hint="In addresses: letters, digits and dashes." error={problemAt("slug")}>
            {(control) => (
              <Input
                {...control}
                required
                disabled={team !== null}
                spellCheck={false}
                value={slug}
                onChange={(event) => setSlug(event.target.value.toLowerCase())}
              />
            )}
          </Field>
        </div>
        <Field label="What it does" optional error={problemAt("description")}>
          {(control) => (
            <Input
              {...control}
              maxLength={500}
              value={description}
              onChange={(event) => setDescription(event.target.value)}
            />
          )}
        </Field>
        <Field
          label="Repositories"
          optional
          hint={`One pattern a line: payments/** or payments/** in ${registries[0]?.slug ?? "a registry"}.`}
          error={problemAt("patterns")}
        >
          {(control) => (
            <Textarea
              {...control}
              className="font-mono"
              spellCheck={false}
              value={patterns}
              onChange={(event) => setPatterns(event.target.value)}
            />
          )}
        </Field>
        {team && team.members === null ? null : (
          <Field label="People" optional hint="One login a line." error={problemAt("members")}>
            {(control) => (
              <Textarea
                {...control}
                spellCheck={false}
                value={members}
                onChange={(event) => setMembers(event.target.value)}
              />
            )}
          </Field>
        )}
        <FormFoot
          problem={save.error ? describeError(save.error) : null}
          busy={save.isPending}
          onCancel={onClose}
        >
          {team ? "Save the team" : "Add the team"}
        </FormFoot>
      </form>
    </Dialog>
  );
}
