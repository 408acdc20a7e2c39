"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { AccessRights, RegistryChoice } from "@/components/access/access-rights";
import { describeActions } from "@/components/access/describe-actions";
import { newGrantPath } from "@/components/access/grant-draft";
import { effectiveQuery } from "@/components/access/queries";
import { Reasons } from "@/components/access/repository-access";
import { PagedList } from "@/components/settings/paged-list";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Day } from "@/components/ui/day";
import { EmptyState } from "@/components/ui/empty-state";
import { RelativeTime } from "@/components/ui/relative-time";
import { Select } from "@/components/ui/select";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";

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
      actions={
        <Select aria-label="Registry" value={registry} onChange={(event) => setRegistry(event.target.value)}>
          {registries.map((each) => (
            <option key={each.slug} value={each.slug}>
              {each.name}
            </option>
          ))}
        </Select>
      }
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
          <Table label="What it may do">
            <thead>
              <tr>
                <HeadCell>Repositories</HeadCell>
                <HeadCell>May</HeadCell>
                <HeadCell className="hidden sm:table-cell">Through</HeadCell>
                <HeadCell className="hidden text-right md:table-cell">Ends</HeadCell>
                <HeadCell className="hidden text-right md:table-cell">Last used</HeadCell>
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <Row key={`${item.pattern} ${item.repository} ${item.because[0]?.grantId}`}>
                  <Cell className="max-w-48 sm:max-w-sm">
                    <code className="[overflow-wrap:anywhere]">
                      {item.pattern ?? item.repository ?? "the list of all repositories"}
                    </code>
                  </Cell>
                  <Cell className={item.actions.includes("push") ? "font-medium text-accent" : ""}>
                    {item.pattern === null && item.repository === null
                      ? "list"
                      : describeActions(item.actions)}
                    {item.withheld.length > 0 ? (
                      <span className="block text-small text-faint">
                        not {item.withheld.join(" or ")} where protected
                      </span>
                    ) : null}
                  </Cell>
                  <Cell className="hidden max-w-md sm:table-cell">
                    <Reasons because={item.because} />
                  </Cell>
                  <Cell className="hidden text-right text-muted md:table-cell">
                    {item.expiresAt ? <Day at={item.expiresAt} /> : <span className="text-faint">never</span>}
                  </Cell>
                  <Cell className="hidden text-right text-muted md:table-cell">
                    <RelativeTime at={item.lastUsedAt} />
                  </Cell>
                </Row>
              ))}
            </tbody>
          </Table>
        )}
      </PagedList>
    </Card>
  );
}
