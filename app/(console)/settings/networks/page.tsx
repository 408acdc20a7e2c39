import type { Metadata } from "next";
import { isPermitted, isPermittedSomewhere } from "#lib/auth/rules";
import { listSettingsTabs } from "#lib/auth/settings-tabs";
import { getPageContext } from "#lib/http/page-context";
import { NetworksPage } from "@/components/networks/networks-page";
import { SettingsFrame } from "@/components/settings/settings-frame";
import { ForbiddenState } from "@/components/ui/forbidden-state";

export const metadata: Metadata = { title: "Networks" };

export default async function Page() {
  const ctx = await getPageContext();
  const allowed = isPermittedSomewhere(ctx.principal, "networks.read");
  return (
    <SettingsFrame current="networks" shown={listSettingsTabs(ctx.principal)}>
      {allowed ? (
        <NetworksPage mayWrite={isPermitted(ctx.principal, "networks.write")} />
      ) : (
        <ForbiddenState what="see the allowed networks" permission="networks.read" />
      )}
    </SettingsFrame>
  );
}
