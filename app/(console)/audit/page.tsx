import type { Metadata } from "next";
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
  const registries = (await listVisibleRegistries(ctx)).map(toRegistryState);
  return <AuditPage registries={registries.map(({ slug, name }) => ({ slug, name }))} />;
}
