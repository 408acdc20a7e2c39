"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { newGrantPath } from "#lib/grants/format-new-grant-href";
import type { AccessRights, RegistryChoice } from "@/components/access/access-rights";
import { effectiveQuery } from "@/components/access/queries";
import { ReachRow, ReachTable } from "@/components/access/reach-table";
import { PagedList } from "@/components/settings/paged-list";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { RegistrySelect } from "@/components/ui/registry-select";

/** What one principal can do in a registry: its own grants, those of its groups, and what everyone may. */
export function PrincipalAccess({
  principalId,
  registries,
  rights,
  registry: asked,
}: {
  principalId: string;
  registries: RegistryChoice[];
  rights: AccessRights;
  registry?: string;
}) {
  const [registry, setRegistry] = useState(asked ?? registries[0]?.slug ?? "");
  const query = useInfiniteQuery({
    ...effectiveQuery({ registry, principal: principalId }),
    enabled: registry !== "",
  });
  return (
    <Card
      title="What it may do"
      detail="everything together: its own grants, its groups, everyone"
      actions={<RegistrySelect registries={registries} value={registry} onSlug={setRegistry} />}
    >
      <PagedList
        query={query}
        title="What it may do did not come"
        empty={
          <EmptyState
            title={`Nothing at ${registry}`}
            action={rights.write ? <ButtonLink href={newGrantPath}>Write a grant</ButtonLink> : null}
          >
            No grant lets it into a repository there.
          </EmptyState>
        }
      >
        {(items) => (
          <ReachTable label="What it may do" may="May">
            {items.map((item) => (
              <ReachRow
                key={`${item.pattern} ${item.repository} ${item.because[0]?.grantId}`}
                item={item}
                isCatalog={item.pattern === null && item.repository === null}
              >
                <code>{item.pattern ?? item.repository ?? "the list of all repositories"}</code>
              </ReachRow>
            ))}
          </ReachTable>
        )}
      </PagedList>
    </Card>
  );
}
