"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { AccessFrame } from "@/components/access/access-frame";
import type { AccessRights, RegistryChoice } from "@/components/access/access-rights";
import { AskForAccessDialog } from "@/components/access/ask-for-access-dialog";
import { MyReach } from "@/components/access/my-reach";
import { accessPaths, requestsQuery } from "@/components/access/queries";
import { RequestList } from "@/components/access/request-list";
import { SecretsCard } from "@/components/access/secrets-card";
import { PagedList } from "@/components/settings/paged-list";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";

/** What I may do at the registries, how I ask for more, and the secrets with which I sign in there. */
export function MyAccessPage({
  login,
  registries,
  rights,
  hasAccount,
}: {
  login: string;
  registries: RegistryChoice[];
  rights: AccessRights;
  /** False for an API key, which has no secrets of its own. */
  hasAccount: boolean;
}) {
  const search = useSearchParams();
  const asking = search.get("ask") === "true";
  const query = useInfiniteQuery(requestsQuery({ state: "all", mine: "true" }));
  const ask = () => window.history.pushState(null, "", "/access/mine?ask=true");
  return (
    <AccessFrame current="mine" rights={rights}>
      <div className="flex flex-col gap-5">
        <MyReach onAsk={ask} />
        <Card
          title="My requests"
          actions={
            <Button size="small" onClick={ask}>
              Ask for access
            </Button>
          }
        >
          <PagedList
            query={query}
            title="Your requests did not come"
            empty={
              <EmptyState title="You have asked for nothing">
                Ask for what you need and say what it is for. Somebody who may give it decides, and you see
                the answer here.
              </EmptyState>
            }
          >
            {(requests) => <RequestList requests={requests} mayDecide={false} mine />}
          </PagedList>
        </Card>
        {hasAccount ? (
          <SecretsCard
            title="My registry secrets"
            path={accessPaths.mySecrets}
            username={login}
            registries={registries}
            mayWrite
          />
        ) : null}
      </div>
      <AskForAccessDialog
        open={asking}
        onClose={() => window.history.pushState(null, "", "/access/mine")}
        registries={registries}
        given={search}
      />
    </AccessFrame>
  );
}
