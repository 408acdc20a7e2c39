import type { ReactNode } from "react";
import { isPermittedSomewhere } from "#lib/auth/rules";
import { getPageContext } from "#lib/http/page-context";
import { QueryProvider } from "@/components/query/query-provider";
import { ClockProvider } from "@/components/shell/clock-provider";
import { ConsoleShell } from "@/components/shell/console-shell";
import { describeRoles } from "@/components/shell/describe-roles";
import { PreferencesProvider } from "@/components/shell/preferences-provider";
import { readPreferences } from "@/components/shell/read-preferences";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const { principal, now } = await getPageContext();
  return (
    <PreferencesProvider initial={await readPreferences()}>
      <ClockProvider renderedAt={now.getTime()}>
        <QueryProvider userId={principal.id ?? principal.name}>
          <ConsoleShell
            name={principal.name}
            roleLabel={describeRoles(principal.bindings.map((binding) => binding.role))}
            mayReadAudit={isPermittedSomewhere(principal, "audit.read")}
            registries={[]}
          >
            {children}
          </ConsoleShell>
        </QueryProvider>
      </ClockProvider>
    </PreferencesProvider>
  );
}
