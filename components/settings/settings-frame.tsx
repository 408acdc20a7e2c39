import type { ReactNode } from "react";
import { PageHeader } from "@/components/ui/page-header";
import { Tabs } from "@/components/ui/tabs";

export type SettingsTab = "account" | "people" | "teams" | "api-keys" | "sessions" | "alerts" | "networks";

const tabs: { key: SettingsTab; label: string }[] = [
  { key: "account", label: "My account" },
  { key: "people", label: "People" },
  { key: "teams", label: "Teams" },
  { key: "api-keys", label: "API keys" },
  { key: "sessions", label: "Sessions" },
  { key: "alerts", label: "Alerts" },
  { key: "networks", label: "Networks" },
];

/** The head of every settings page. Only the tabs that the person may read are there. */
export function SettingsFrame({
  current,
  shown,
  children,
}: {
  current: SettingsTab;
  shown: readonly SettingsTab[];
  children: ReactNode;
}) {
  return (
    <>
      <PageHeader title="Settings" />
      <Tabs
        label="Settings"
        current={current}
        tabs={tabs
          .filter((tab) => shown.includes(tab.key))
          .map((tab) => ({ ...tab, href: `/settings/${tab.key}` }))}
      />
      <div className="pt-4">{children}</div>
    </>
  );
}
