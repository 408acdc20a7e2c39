import type { ReactNode } from "react";
import { isPermittedSomewhere } from "#lib/auth/rules";
import { getPageContext } from "#lib/http/page-context";
import { listVisibleRegistries, toRegistryState } from "#lib/inventory/service-access";
import { QueryProvider } from "@/components/query/query-provider";
import { ClockProvider } from "@/components/shell/clock-provider";
import { ConsoleShell } from "@/components/shell/console-shell";
import { describeRoles } from "@/components/shell/describe-roles";
import { LiveStatus } from "@/components/shell/live-status";
import { PreferencesProvider } from "@/components/shell/preferences-provider";
import { readPreferences } from "@/components/shell/read-preferences";
import { EmptyState } from "@/components/ui/empty-state";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const ctx = await getPageContext();
  const { principal, now } = ctx;
  const mayBrowse = isPermittedSomewhere(principal, "registries.read");
  const registries = mayBrowse ? (await listVisibleRegistries(ctx)).map(toRegistryState) : [];
  const connected = registries.filter((registry) => registry.disconnectedAt === null);
  return (
    <PreferencesProvider initial={await readPreferences()}>
      <ClockProvider renderedAt={now.getTime()}>
        <QueryProvider userId={principal.id ?? principal.name}>
          <ConsoleShell
            name={principal.name}
            roleLabel={describeRoles(principal.bindings.map((binding) => binding.role))}
            mayReadAudit={isPermittedSomewhere(principal, "audit.read")}
            registries={registries.map(({ slug, name }) => ({ slug, name }))}
            status={<LiveStatus registries={connected} />}
          >
            {principal.bindings.length === 0 ? <NoRole /> : children}
          </ConsoleShell>
        </QueryProvider>
      </ClockProvider>
    </PreferencesProvider>
  );
}

/** Signed in, but nobody has given a role yet. */
function NoRole() {
  return (
    <EmptyState title="You have no role yet">
      You are signed in, and an admin can now give you a role under Settings, People. Until then there is
      nothing here that you may see.
    </EmptyState>
  );
}
