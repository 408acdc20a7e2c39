"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { PrincipalName } from "@/components/access/principal-name";
import { principalQuery, principalsQuery } from "@/components/access/queries";
import { describeError } from "@/components/query/api-error";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { FilterBar } from "@/components/ui/filter-bar";
import { FilterField } from "@/components/ui/filter-field";
import { Skeleton } from "@/components/ui/skeleton";

/** Finds a principal by a part of its name. */
export function PrincipalChooser({ chosen, onChoose }: { chosen: string; onChoose: (id: string) => void }) {
  const [q, setQ] = useState("");
  const found = useInfiniteQuery(principalsQuery({ q, state: "live" }));
  const current = useQuery({ ...principalQuery(chosen), enabled: chosen !== "" }).data;
  const items = (found.data?.pages[0]?.items ?? []).slice(0, 12);
  return (
    <Card>
      <FilterBar>
        <FilterField label="principal contains …" value={q} onFilter={setQ} className="w-full sm:w-64" />
        {current ? (
          <p className="inline-flex min-w-0 items-center gap-1.5">
            <span className="text-faint">shown:</span> <PrincipalName principal={current} link />
          </p>
        ) : null}
      </FilterBar>
      <div className="flex min-h-11 flex-wrap items-center gap-1.5 px-3 py-2">
        {found.isPending ? <Skeleton className="h-5 w-64" /> : null}
        {found.isError ? <p className="text-danger">{describeError(found.error)}</p> : null}
        {found.data && items.length === 0 ? (
          <p className="text-muted">{q === "" ? "There is no principal yet." : "Nobody is called so."}</p>
        ) : null}
        {items.map((principal) => (
          <Button
            key={principal.id}
            size="small"
            variant={principal.id === chosen ? "secondary" : "ghost"}
            aria-pressed={principal.id === chosen}
            onClick={() => onChoose(principal.id)}
          >
            <PrincipalName principal={principal} />
          </Button>
        ))}
      </div>
    </Card>
  );
}
