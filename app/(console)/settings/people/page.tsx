import type { Metadata } from "next";
import { isPermitted, isPermittedSomewhere } from "#lib/auth/rules";
import { listSettingsTabs } from "#lib/auth/settings-tabs";
import { getPageContext } from "#lib/http/page-context";
import { listVisibleRegistries, toRegistryState } from "#lib/inventory/service-access";
import { PeoplePage } from "@/components/people/people-page";
import { SettingsFrame } from "@/components/settings/settings-frame";
import { ForbiddenState } from "@/components/ui/forbidden-state";

export const metadata: Metadata = { title: "People" };

export default async function Page() {
  const ctx = await getPageContext();
  const allowed = isPermittedSomewhere(ctx.principal, "people.read");
  const registries = allowed ? (await listVisibleRegistries(ctx)).map(toRegistryState) : [];
  return (
    <SettingsFrame current="people" shown={listSettingsTabs(ctx.principal)}>
      {allowed ? (
        <PeoplePage
          registries={registries.map(({ slug, name }) => ({ slug, name }))}
          mayWrite={isPermitted(ctx.principal, "people.write")}
        />
      ) : (
        <ForbiddenState what="see the people" permission="people.read" />
      )}
    </SettingsFrame>
  );
}
