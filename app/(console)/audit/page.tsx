import type { Metadata } from "next";
import { getAuditChain } from "#lib/audit/get-audit-chain";
import { isPermittedSomewhere } from "#lib/auth/rules";
import { getPageContext } from "#lib/http/page-context";
import { listVisibleRegistries, toRegistryState } from "#lib/inventory/service-access";
import { AuditPage } from "@/components/audit/audit-page";
import { ForbiddenState } from "@/components/ui/forbidden-state";

export const metadata: Metadata = { title: "Audit" };

export default async function Page() {
  const ctx = await getPageContext();
  if (!isPermittedSomewhere(ctx.principal, "audit.read"))
    return <ForbiddenState what="read the audit" permission="audit.read" />;
  const [visible, chain] = await Promise.all([listVisibleRegistries(ctx), getAuditChain(ctx)]);
  const registries = visible.map(toRegistryState).map(({ slug, name }) => ({ slug, name }));
  return <AuditPage registries={registries} chain={chain} />;
}
