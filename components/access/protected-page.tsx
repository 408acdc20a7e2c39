"use client";

import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { matchesPattern } from "#lib/auth/pattern";
import type { Protection, ProtectionsBody } from "#lib/grants/schema";
import { AccessFrame } from "@/components/access/access-frame";
import type { AccessRights, RegistryChoice } from "@/components/access/access-rights";
import { NoRegistry } from "@/components/access/no-registry";
import { formatPrincipalReference } from "@/components/access/principal-reference";
import { ProtectionRow } from "@/components/access/protection-row";
import { accessKey, accessPaths, protectionsQuery } from "@/components/access/queries";
import { ApiError, describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { FilterBar } from "@/components/ui/filter-bar";
import { RegistrySelect } from "@/components/ui/registry-select";
import { SkeletonRows } from "@/components/ui/skeleton";

/** Which repositories accept pushes and deletions from named principals only, and who these are. */
export function ProtectedPage({
  registries,
  rights,
}: {
  registries: RegistryChoice[];
  rights: AccessRights;
}) {
  const search = useSearchParams();
  const asked = search.get("registry") ?? "";
  const registry = registries.some(({ slug }) => slug === asked) ? asked : (registries[0]?.slug ?? "");
  const repository = search.get("repository") ?? "";
  return (
    <AccessFrame current="protected" rights={rights}>
      {registry === "" ? (
        <NoRegistry />
      ) : (
        <section
          aria-label="Protected"
          className="min-w-0 overflow-clip rounded-card border border-line bg-surface"
        >
          <FilterBar>
            <RegistrySelect
              registries={registries}
              value={registry}
              onSlug={(slug) => window.history.pushState(null, "", `/access/protected?registry=${slug}`)}
            />
            <p className="min-w-0 flex-1 basis-64 text-small text-faint">
              Here a grant alone is not enough: whoever pushes or deletes must be named too, admins included.
              Promotions may always push.
            </p>
          </FilterBar>
          <Protections
            registry={registry}
            mayWrite={rights.protect}
            repository={repository}
            suggested={search.get("pusher") ?? ""}
          />
        </section>
      )}
    </AccessFrame>
  );
}

function Protections({
  registry,
  mayWrite,
  repository,
  suggested,
}: {
  registry: string;
  mayWrite: boolean;
  /** The repository that a link is about: its protections are marked. */
  repository: string;
  /** Whom the link proposes to name. */
  suggested: string;
}) {
  const query = useQuery(protectionsQuery(registry));
  const save = useDeed<ProtectionsBody>({
    request: (body) => ({ path: accessPaths.protections(registry), method: "PUT", body }),
    invalidates: [[...accessKey], ["registries"], ["repositories"]],
    done: () => ({ tone: "good", title: "The protection was changed" }),
  });
  if (query.isPending) return <SkeletonRows rows={3} rowHeight={64} />;
  if (query.isError && !query.data)
    return (
      <ErrorState
        title="The protections did not come"
        requestId={query.error instanceof ApiError ? query.error.requestId : null}
        onRetry={() => void query.refetch()}
      >
        {describeError(query.error)}
      </ErrorState>
    );
  const items = query.data.items;
  const write = (pattern: string, pushers: string[]) =>
    save.mutate({
      items: items.map((item) => ({
        pattern: item.pattern,
        pushers: item.pattern === pattern ? pushers : listPushers(item),
      })),
    });
  if (items.length === 0)
    return (
      <EmptyState
        title="Nothing is protected"
        action={
          <ButtonLink href={`/registries/${encodeURIComponent(registry)}?tab=settings`}>
            Settings of the registry
          </ButtonLink>
        }
      >
        Mark the repositories of production with a pattern in the settings of the registry, such as{" "}
        <code>prod/**</code>. Then say here who may push to them.
      </EmptyState>
    );
  return (
    <>
      {save.error ? (
        <p role="alert" className="border-b border-line px-3.5 py-2 text-danger">
          {describeError(save.error)}
        </p>
      ) : null}
      <ul className="divide-y divide-line">
        {items.map((item) => (
          <ProtectionRow
            key={item.pattern}
            item={item}
            mayWrite={mayWrite}
            busy={save.isPending}
            suggested={repository !== "" && matchesPattern(item.pattern, repository) ? suggested : ""}
            onChange={(pushers) => write(item.pattern, pushers)}
          />
        ))}
      </ul>
      <p className="border-t border-line px-3.5 py-2 text-small text-faint">
        Patterns are added and taken away in the{" "}
        <a
          href={`/registries/${encodeURIComponent(registry)}?tab=settings`}
          className="text-accent underline"
        >
          settings of the registry
        </a>
        .
      </p>
    </>
  );
}

function listPushers(item: Protection): string[] {
  return item.pushers.map(formatPrincipalReference);
}
