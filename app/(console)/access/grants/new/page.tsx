import type { Metadata } from "next";
import { NewGrantPage } from "@/components/access/grant-editor-page";
import { ForbiddenState } from "@/components/ui/forbidden-state";
import { getAccessPageContext } from "../../access-page-context.ts";

export const metadata: Metadata = { title: "A new grant" };

export default async function Page() {
  const { rights, registries } = await getAccessPageContext();
  if (!rights.read) return <ForbiddenState what="write a grant" permission="access.write" />;
  return <NewGrantPage registries={registries} rights={rights} />;
}
