import type { Metadata } from "next";
import { GrantPage } from "@/components/access/grant-page";
import { ForbiddenState } from "@/components/ui/forbidden-state";
import { getAccessPageContext } from "../../access-page-context.ts";

export const metadata: Metadata = { title: "A grant" };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { rights } = await getAccessPageContext();
  if (!rights.read) return <ForbiddenState what="see who may do what" permission="access.read" />;
  return <GrantPage id={(await params).id} rights={rights} />;
}
