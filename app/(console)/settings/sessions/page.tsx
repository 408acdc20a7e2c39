import type { Metadata } from "next";
import { isPermitted, isPermittedSomewhere } from "#lib/auth/rules";
import { listSettingsTabs } from "#lib/auth/settings-tabs";
import { getPageContext } from "#lib/http/page-context";
import { SessionsPage } from "@/components/sessions/sessions-page";
import { SettingsFrame } from "@/components/settings/settings-frame";
import { ForbiddenState } from "@/components/ui/forbidden-state";

export const metadata: Metadata = { title: "Sessions" };

export default async function Page() {
  const ctx = await getPageContext();
  const allowed = isPermittedSomewhere(ctx.principal, "sessions.read");
  return (
    <SettingsFrame current="sessions" shown={listSettingsTabs(ctx.principal)}>
      {allowed ? (
        <SessionsPage mayRevoke={isPermitted(ctx.principal, "sessions.write")} />
      ) : (
        <ForbiddenState what="see the sessions" permission="sessions.read" />
      )}
    </SettingsFrame>
  );
}
