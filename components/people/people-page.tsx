"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import type { User } from "#lib/people/schema";
import { NewPersonDialog } from "@/components/people/new-person-dialog";
import { PersonDrawer } from "@/components/people/person-drawer";
import { peopleQuery } from "@/components/people/queries";
import { describePlace } from "@/components/settings/describe-place";
import { PagedList } from "@/components/settings/paged-list";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Input } from "@/components/ui/input";
import { Pill } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";

interface Registry {
  slug: string;
  name: string;
}

/** Everybody who may sign in, and what they may do where. */
export function PeoplePage({ registries, mayWrite }: { registries: Registry[]; mayWrite: boolean }) {
  const [text, setText] = useState("");
  const [creating, setCreating] = useState(false);
  const [chosen, setChosen] = useState<User | null>(null);
  const query = useInfiniteQuery(peopleQuery(useDeferredValue(text)));
  // Who was chosen stays open, whatever the list shows next.
  const listed = query.data?.pages.flatMap((page) => page.items).find(({ id }) => id === chosen?.id);
  const opened = listed ?? chosen;
  return (
    <Card
      title="People"
      detail="who may sign in, and what they may do where"
      actions={
        <>
          <span className="w-44">
            <Input
              type="search"
              aria-label="Find a person"
              placeholder="name or login"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </span>
          {mayWrite ? (
            <Button variant="primary" onClick={() => setCreating(true)}>
              Add a person
            </Button>
          ) : null}
        </>
      }
    >
      <PagedList
        query={query}
        title="The list of people did not come"
        empty={
          <EmptyState title={text ? "Nobody is called so" : "Nobody is here yet"}>
            {text ? "Try a part of the name or of the login." : "Add the first person with the button above."}
          </EmptyState>
        }
      >
        {(people) => (
          <Table label="People">
            <thead>
              <tr>
                <HeadCell>Person</HeadCell>
                <HeadCell>Roles</HeadCell>
                <HeadCell className="hidden sm:table-cell">Signs in by</HeadCell>
                <HeadCell className="hidden text-right sm:table-cell">Last sign-in</HeadCell>
              </tr>
            </thead>
            <tbody>
              {people.map((person) => (
                <PersonRow key={person.id} person={person} onOpen={() => setChosen(person)} />
              ))}
            </tbody>
          </Table>
        )}
      </PagedList>
      <NewPersonDialog open={creating} onClose={() => setCreating(false)} registries={registries} />
      {opened ? (
        <PersonDrawer
          person={opened}
          registries={registries}
          mayWrite={mayWrite}
          onClose={() => setChosen(null)}
        />
      ) : null}
    </Card>
  );
}

function PersonRow({ person, onOpen }: { person: User; onOpen: () => void }) {
  return (
    <Row>
      <Cell>
        <button
          type="button"
          onClick={onOpen}
          className="flex max-w-full flex-col items-start text-left hover:underline"
        >
          <span className="font-medium">
            <SafeText text={person.name} />
          </span>
          <span className="text-small text-faint">{person.login}</span>
        </button>
        {person.disabledAt ? <Pill tone="warn">disabled</Pill> : null}
      </Cell>
      <Cell>
        <span className="flex flex-wrap gap-1">
          {person.roles.length === 0 ? <span className="text-faint">none</span> : null}
          {person.roles.slice(0, 4).map((binding) => (
            <Pill
              key={binding.id}
              tone={binding.role === "admin" ? "accent" : "plain"}
              title={binding.source}
            >
              {binding.role}
              {binding.registry || binding.pattern ? ` · ${describePlace(binding)}` : ""}
            </Pill>
          ))}
          {person.roles.length > 4 ? (
            <span className="text-faint">and {person.roles.length - 4} more</span>
          ) : null}
        </span>
      </Cell>
      <Cell className="hidden text-muted sm:table-cell">
        {person.kind === "oidc" ? "identity provider" : "password"}
      </Cell>
      <Cell className="hidden text-right sm:table-cell">
        <RelativeTime at={person.lastSignInAt} />
      </Cell>
    </Row>
  );
}
