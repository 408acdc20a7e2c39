import type { Metadata } from "next";
import { isPermitted } from "#lib/auth/rules";
import { listSettingsTabs } from "#lib/auth/settings-tabs";
import { getPageContext } from "#lib/http/page-context";
import { listVisibleRegistries, toRegistryState } from "#lib/inventory/service-access";
import { AlertsPage } from "@/components/alerts/alerts-page";
import { SettingsFrame } from "@/components/settings/settings-frame";
import { ForbiddenState } from "@/components/ui/forbidden-state";

export const metadata: Metadata = { title: "Alerts" };

export default async function Page() {
  const ctx = await getPageContext();
  const allowed = isPermitted(ctx.principal, "alerts.read");
  const registries = allowed
    ? (await listVisibleRegistries(ctx)).map(toRegistryState).map(({ slug, name }) => ({ slug, name }))
    : [];
  return (
    <SettingsFrame current="alerts" shown={listSettingsTabs(ctx.principal)}>
      {allowed ? (
        <AlertsPage registries={registries} mayWrite={isPermitted(ctx.principal, "alerts.write")} />
      ) : (
        <ForbiddenState what="see the alerts" permission="alerts.read" />
      )}
    </SettingsFrame>
  );
}
