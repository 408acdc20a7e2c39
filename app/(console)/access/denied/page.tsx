import type { Metadata } from "next";
import { DeniedPage } from "@/components/access/denied-page";
import { ForbiddenState } from "@/components/ui/forbidden-state";
import { getAccessPageContext } from "../access-page-context.ts";

export const metadata: Metadata = { title: "Denied" };

export default async function Page() {
  const { rights, registries } = await getAccessPageContext();
  if (!rights.read) return <ForbiddenState what="see who may do what" permission="access.read" />;
  return <DeniedPage registries={registries} rights={rights} />;
}
