import type { Metadata } from "next";
import { isPermitted } from "#lib/auth/rules";
import { getPageContext } from "#lib/http/page-context";
import { ConnectPage } from "@/components/registries/connect-page";
import { ForbiddenState } from "@/components/ui/forbidden-state";

export const metadata: Metadata = { title: "Connect a registry" };

export default async function Page() {
  const { principal } = await getPageContext();
  if (!isPermitted(principal, "registries.write"))
    return <ForbiddenState what="connect a registry" permission="registries.write" />;
  return <ConnectPage mayAllow={isPermitted(principal, "networks.write")} />;
}
