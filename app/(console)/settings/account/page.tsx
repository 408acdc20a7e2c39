import type { Metadata } from "next";
import { isPermittedSomewhere } from "#lib/auth/rules";
import { listSettingsTabs } from "#lib/auth/settings-tabs";
import { getPageContext } from "#lib/http/page-context";
import { listVisibleRegistries, toRegistryState } from "#lib/inventory/service-access";
import { getMe } from "#lib/people/service-me";
import { SecretsCard } from "@/components/access/secrets-card";
import { ChangePassword } from "@/components/account/change-password";
import { MyRoles } from "@/components/account/my-roles";
import { ApiKeysPage } from "@/components/api-keys/api-keys-page";
import { SessionsPage } from "@/components/sessions/sessions-page";
import { SettingsFrame } from "@/components/settings/settings-frame";

export const metadata: Metadata = { title: "My account" };

export default async function Page() {
  const ctx = await getPageContext();
  const me = await getMe(ctx);
  const mayBrowse = isPermittedSomewhere(ctx.principal, "repositories.read");
  const registries = mayBrowse ? (await listVisibleRegistries(ctx)).map(toRegistryState) : [];
  return (
    <SettingsFrame current="account" shown={listSettingsTabs(ctx.principal)}>
      <div className="flex flex-col gap-4">
        <MyRoles me={me} />
        {me.hasPassword ? <ChangePassword /> : null}
        <SessionsPage user={me.name} mayRevoke />
        {ctx.principal.kind === "user" ? (
          <SecretsCard
            title="My registry secrets"
            path="/api/v1/me/registry-secrets"
            username={me.name}
            registries={registries.map(({ slug, name, host }) => ({ slug, name, host }))}
            mayWrite
          />
        ) : null}
        <ApiKeysPage owner={me.name} registries={[]} mayCreate={false} mayRevoke />
      </div>
    </SettingsFrame>
  );
}
