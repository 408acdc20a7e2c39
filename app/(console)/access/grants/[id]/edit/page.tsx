import type { Metadata } from "next";
import { ChangeGrantPage } from "@/components/access/grant-editor-page";
import { ForbiddenState } from "@/components/ui/forbidden-state";
import { getAccessPageContext } from "../../../access-page-context.ts";

export const metadata: Metadata = { title: "Change a grant" };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { rights, registries } = await getAccessPageContext();
  if (!rights.read) return <ForbiddenState what="change a grant" permission="access.write" />;
  return <ChangeGrantPage id={(await params).id} registries={registries} rights={rights} />;
}
