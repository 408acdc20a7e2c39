"use client";

import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import { repositoryProblem } from "#lib/oci/reference";
import { AccessFrame } from "@/components/access/access-frame";
import type { AccessRights, RegistryChoice } from "@/components/access/access-rights";
import { NoRegistry } from "@/components/access/no-registry";
import { PrincipalAccess } from "@/components/access/principal-access";
import { PrincipalChooser } from "@/components/access/principal-chooser";
import { RepositoryAccess } from "@/components/access/repository-access";
import { RepositoryField } from "@/components/access/repository-field";
import { WhatIf } from "@/components/access/what-if";
import {
  parseWhoCanView,
  type WhoCanQuestion,
  type WhoCanView,
  whoCanHref,
} from "@/components/access/who-can-view";
import { Card } from "@/components/ui/card";
import { ChipLink } from "@/components/ui/chip";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter-bar";
import { RegistrySelect } from "@/components/ui/registry-select";
import { useDelayed } from "@/components/ui/use-delayed";

const questions: { by: WhoCanQuestion; label: string }[] = [
  { by: "repository", label: "Who can reach a repository?" },
  { by: "principal", label: "What can a principal do?" },
  { by: "may", label: "May X do Y?" },
];

/** Effective access, asked from the side of a repository, of a principal, or as one question with its reason. */
export function WhoCanPage({ registries, rights }: { registries: RegistryChoice[]; rights: AccessRights }) {
  const search = useSearchParams();
  const view = useMemo(
    () =>
      parseWhoCanView(
        new URLSearchParams(search),
        registries.map(({ slug }) => slug),
      ),
    [search, registries],
  );
  return (
    <AccessFrame current="who-can" rights={rights}>
      {registries.length === 0 ? (
        <NoRegistry />
      ) : (
        <>
          <nav aria-label="Question" className="flex flex-wrap gap-2 pb-3">
            {questions.map(({ by, label }) => (
              <ChipLink key={by} shallow on={view.by === by} href={whoCanHref(view, { by })}>
                {label}
              </ChipLink>
            ))}
          </nav>
          {view.by === "repository" ? (
            <ByRepository view={view} registries={registries} rights={rights} />
          ) : null}
          {view.by === "principal" ? (
            <ByPrincipal view={view} registries={registries} rights={rights} />
          ) : null}
          {view.by === "may" ? (
            <WhatIf
              view={view}
              registries={registries}
              rights={rights}
              onChange={(next) => window.history.replaceState(null, "", whoCanHref(next))}
            />
          ) : null}
        </>
      )}
    </AccessFrame>
  );
}

interface PartProps {
  view: WhoCanView;
  registries: RegistryChoice[];
  rights: AccessRights;
}

function ByRepository({ view, registries, rights }: PartProps) {
  const repository = useDelayed(view.repository, 200);
  const isName = repositoryProblem(repository) === null;
  return (
    <Card>
      <FilterBar>
        <RegistrySelect
          registries={registries}
          value={view.registry}
          onSlug={(slug) => window.history.pushState(null, "", whoCanHref(view, { registry: slug }))}
        />
        <RepositoryField
          registry={view.registry}
          value={view.repository}
          onChange={(next) => window.history.replaceState(null, "", whoCanHref(view, { repository: next }))}
        />
      </FilterBar>
      {isName ? (
        <RepositoryAccess registry={view.registry} repository={repository} mayWrite={rights.write} />
      ) : (
        <EmptyState title="Which repository?">
          Write its name. It need not exist: the answer tells who could push it into being.
        </EmptyState>
      )}
    </Card>
  );
}

function ByPrincipal({ view, registries, rights }: PartProps) {
  return (
    <div className="flex flex-col gap-4">
      <PrincipalChooser
        chosen={view.principal}
        onChoose={(principal) => window.history.pushState(null, "", whoCanHref(view, { principal }))}
      />
      {view.principal === "" ? null : (
        <PrincipalAccess
          key={view.principal}
          principalId={view.principal}
          registries={registries}
          rights={rights}
          registry={view.registry}
        />
      )}
    </div>
  );
}
