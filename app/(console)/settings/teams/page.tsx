import type { Metadata } from "next";
import { isPermitted, isPermittedSomewhere } from "#lib/auth/rules";
import { listSettingsTabs } from "#lib/auth/settings-tabs";
import { getPageContext } from "#lib/http/page-context";
import { listVisibleRegistries, toRegistryState } from "#lib/inventory/service-access";
import { SettingsFrame } from "@/components/settings/settings-frame";
import { TeamsPage } from "@/components/teams/teams-page";
import { ForbiddenState } from "@/components/ui/forbidden-state";

export const metadata: Metadata = { title: "Teams" };

export default async function Page() {
  const ctx = await getPageContext();
  const allowed = isPermittedSomewhere(ctx.principal, "teams.read");
  const registries = allowed
    ? (await listVisibleRegistries(ctx)).map(toRegistryState).map(({ slug, name }) => ({ slug, name }))
    : [];
  return (
    <SettingsFrame current="teams" shown={listSettingsTabs(ctx.principal)}>
      {allowed ? (
        <TeamsPage registries={registries} mayWrite={isPermitted(ctx.principal, "teams.write")} />
      ) : (
        <ForbiddenState what="see the teams" permission="teams.read" />
      )}
    </SettingsFrame>
  );
}
