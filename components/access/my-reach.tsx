"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { EffectiveItem } from "#lib/grants/schema";
import type { RegistryChoice } from "@/components/access/access-rights";
import { describeActions } from "@/components/access/describe-actions";
import { accessKey, accessPaths } from "@/components/access/queries";
import { listQuery } from "@/components/settings/list-query";
import { PagedList } from "@/components/settings/paged-list";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Day } from "@/components/ui/day";
import { EmptyState } from "@/components/ui/empty-state";
import { SafeText } from "@/components/ui/safe-text";
import { Select } from "@/components/ui/select";

/** What I may do in a registry, with the reason. Whether a page of this console may be opened is another matter. */
export function MyReach({ registries, onAsk }: { registries: RegistryChoice[]; onAsk: () => void }) {
  const [registry, setRegistry] = useState(registries[0]?.slug ?? "");
  const query = useInfiniteQuery({
    ...listQuery<EffectiveItem>([...accessKey, "mine"], accessPaths.mine, { registry }),
    enabled: registry !== "",
  });
  if (registries.length === 0)
    return (
      <Card title="What I may do">
        <EmptyState title="No registry is connected">
          As soon as there is one, this says what you may do in it.
        </EmptyState>
      </Card>
    );
  return (
    <Card
      title="What I may do"
      detail="with docker and other clients, at the registry itself"
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
        title="What you may do did not come"
        empty={
          <EmptyState
            title={`Nothing at ${registry} yet`}
            action={<Button onClick={onAsk}>Ask for access</Button>}
          >
            No grant lets you pull or push there with a client. Looking at it in this console is a matter of
            your roles, which are another thing.
          </EmptyState>
        }
      >
        {(items) => (
          <ul className="divide-y divide-line">
            {items.map((item) => (
              <li
                key={`${item.pattern} ${item.repository} ${item.because[0]?.grantId}`}
                className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 px-3.5 py-2.5"
              >
                <span className="min-w-0 [overflow-wrap:anywhere]">
                  <span className="font-semibold">{describeActions(item.actions)}</span>{" "}
                  <code>{item.pattern ?? item.repository}</code>
                  {item.expiresAt ? (
                    <>
                      {" "}
                      until <Day at={item.expiresAt} />
                    </>
                  ) : null}
                </span>
                <span className="min-w-0 text-small text-muted">
                  {item.because.map((because) => (
                    <SafeText key={because.text} text={because.text} clip={false} />
                  ))}
                </span>
              </li>
            ))}
          </ul>
        )}
      </PagedList>
    </Card>
  );
}
