"use client";

import type { RegistryItem } from "#lib/registries/schema";
import { describeInterval } from "@/components/registries/describe-sync";
import { DisconnectCard } from "@/components/registries/disconnect-card";
import { ReconnectForm } from "@/components/registries/reconnect-form";
import type { RegistryRights } from "@/components/registries/registry-rights";
import { SettingsForm } from "@/components/registries/settings-form";
import { Card, Facts } from "@/components/ui/card";
import { SafeText } from "@/components/ui/safe-text";

/** The settings: to change for an admin, to read for everybody else. */
export function RegistrySettings({ registry, rights }: { registry: RegistryItem; rights: RegistryRights }) {
  if (!rights.write) return <SettingsToRead registry={registry} />;
  if (registry.disconnectedAt !== null)
    return <ReconnectForm registry={registry} mayAllow={rights.allowNetworks} />;
  return (
    <div className="flex flex-col gap-5">
      {/* Another save elsewhere gives the form another beginning only when it is opened anew. */}
      <SettingsForm key={registry.slug} registry={registry} mayAllow={rights.allowNetworks} />
      <DisconnectCard registry={registry} />
    </div>
  );
}

const credentialWords = {
  none: "none",
  basic: "user name and password",
  token: "a token",
};

const sourceWords = {
  catalog: "its catalogue",
  list: "a list that was given",
  events: "its notifications",
};

function SettingsToRead({ registry }: { registry: RegistryItem }) {
  return (
    <Card title="Settings" detail="an admin can change them">
      <Facts
        facts={[
          { label: "Address", value: <SafeText text={registry.url} mono copy /> },
          { label: "Slug", value: <code>{registry.slug}</code> },
          {
            label: "Credentials",
            value: `${credentialWords[registry.credentialKind]}${registry.username ? `, as ${registry.username}` : ""}`,
          },
          { label: "Own CA", value: registry.hasCa ? "given" : "none" },
          { label: "Token service", value: registry.pinnedRealm ?? "on the registry's own host" },
          { label: "Names from", value: sourceWords[registry.repositorySource] },
          { label: "Names given", value: <Names names={registry.repositoryNames} /> },
          { label: "Protected", value: <Names names={registry.protectedPatterns} /> },
          { label: "Looked at", value: describeInterval(registry.syncEveryMinutes) },
          {
            label: "Requests",
            value:
              registry.requestsPerSecond === null
                ? "without a limit"
                : `at most ${registry.requestsPerSecond} each second`,
          },
        ]}
      />
    </Card>
  );
}

const shownNames = 20;

function Names({ names }: { names: readonly string[] }) {
  if (names.length === 0) return <span className="text-faint">none</span>;
  return (
    <>
      <code>{names.slice(0, shownNames).join(", ")}</code>
      {names.length > shownNames ? ` and ${names.length - shownNames} more` : null}
    </>
  );
}
