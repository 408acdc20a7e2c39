import type { Metadata } from "next";
import { AsCodePage } from "@/components/access/as-code-page";
import { ForbiddenState } from "@/components/ui/forbidden-state";
import { getAccessPageContext } from "../access-page-context.ts";

export const metadata: Metadata = { title: "Grants as code" };

export default async function Page() {
  const { rights, registries } = await getAccessPageContext();
  if (!rights.read) return <ForbiddenState what="see who may do what" permission="access.read" />;
  return <AsCodePage registries={registries} rights={rights} />;
}
