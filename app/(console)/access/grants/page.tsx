import type { Metadata } from "next";
import { GrantsPage } from "@/components/access/grants-page";
import { ForbiddenState } from "@/components/ui/forbidden-state";
import { getAccessPageContext } from "../access-page-context.ts";

export const metadata: Metadata = { title: "Grants" };

export default async function Page() {
  const { rights, registries } = await getAccessPageContext();
  if (!rights.read) return <ForbiddenState what="see who may do what" permission="access.read" />;
  return <GrantsPage registries={registries} rights={rights} />;
}
