import type { Metadata } from "next";
import { isPermitted, isPermittedSomewhere } from "#lib/auth/rules";
import { listSettingsTabs } from "#lib/auth/settings-tabs";
import { getPageContext } from "#lib/http/page-context";
import { listVisibleRegistries, toRegistryState } from "#lib/inventory/service-access";
import { ApiKeysPage } from "@/components/api-keys/api-keys-page";
import { SettingsFrame } from "@/components/settings/settings-frame";
import { ForbiddenState } from "@/components/ui/forbidden-state";

export const metadata: Metadata = { title: "API keys" };

export default async function Page() {
  const ctx = await getPageContext();
  const allowed = isPermittedSomewhere(ctx.principal, "api-keys.read");
  const registries = allowed
    ? (await listVisibleRegistries(ctx)).map(toRegistryState).map(({ slug, name }) => ({ slug, name }))
    : [];
  return (
    <SettingsFrame current="api-keys" shown={listSettingsTabs(ctx.principal)}>
      {allowed ? (
        <ApiKeysPage
          registries={registries}
          mayCreate={isPermitted(ctx.principal, "api-keys.write")}
          mayRevoke={isPermitted(ctx.principal, "api-keys.write")}
        />
      ) : (
        <ForbiddenState what="see the API keys" permission="api-keys.read" />
      )}
    </SettingsFrame>
  );
}
