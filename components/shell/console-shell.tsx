import Menu from "lucide-react/icons/menu";
import type { ReactNode } from "react";
import { Logo } from "@/components/shell/logo";
import { Navigation } from "@/components/shell/navigation";
import { type RegistryChoice, RegistrySwitcher } from "@/components/shell/registry-switcher";
import { SearchField } from "@/components/shell/search-field";
import { ShellKeys } from "@/components/shell/shell-keys";
import { TopBarCrumbs } from "@/components/shell/top-bar-crumbs";
import { UserMenu } from "@/components/shell/user-menu";
import { ToastRegion } from "@/components/ui/toast";

/** Navigation at the left, a bar above, the page in the middle. Below 60rem the navigation folds into a button. */
export function ConsoleShell({
  name,
  roleLabel,
  mayReadAudit,
  registries,
  status,
  children,
}: {
  name: string;
  roleLabel: string;
  mayReadAudit: boolean;
  registries: RegistryChoice[];
  /** How live the data is, at the right of the bar. */
  status?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="shell:grid shell:grid-cols-[13.25rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="floating sr-only z-60 rounded-control px-3 py-2 font-semibold focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      <aside
        id="navigation"
        popover="auto"
        aria-label="Navigation"
        className="no-print inset-y-0 left-0 m-0 h-dvh w-64 border-r border-line bg-canvas px-3 pt-4 pb-3 text-ink backdrop:bg-shade open:flex open:flex-col max-shell:open:fixed shell:sticky shell:top-0 shell:flex shell:w-auto shell:flex-col shell:overflow-y-auto"
      >
        <div className="px-1.5 pb-4">
          <Logo />
        </div>
        <RegistrySwitcher registries={registries} />
        <Navigation mayReadAudit={mayReadAudit} />
        <UserMenu name={name} roleLabel={roleLabel} />
      </aside>
      <div className="flex min-h-dvh min-w-0 flex-col">
        <header className="no-print sticky top-0 z-30 flex h-12 items-center gap-3 border-b border-line bg-canvas px-4 md:px-6">
          <button
            type="button"
            popoverTarget="navigation"
            aria-label="Open the navigation"
            className="-ml-1 inline-flex size-8 shrink-0 items-center justify-center rounded-control text-muted hover:bg-sunken shell:hidden"
          >
            <Menu aria-hidden="true" className="size-4.5" />
          </button>
          <div className="min-w-0 flex-1">
            <TopBarCrumbs />
          </div>
          <SearchField />
          {status}
        </header>
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 px-4 pt-5 pb-10 outline-none md:px-6">
          {children}
        </main>
      </div>
      <ToastRegion />
      <ShellKeys />
    </div>
  );
}
