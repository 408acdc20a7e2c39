import type { Metadata } from "next";
import { RequestsPage } from "@/components/access/requests-page";
import { ForbiddenState } from "@/components/ui/forbidden-state";
import { getAccessPageContext } from "../access-page-context.ts";

export const metadata: Metadata = { title: "Requests for access" };

export default async function Page() {
  const { rights } = await getAccessPageContext();
  if (!rights.read) return <ForbiddenState what="see who may do what" permission="access.read" />;
  return <RequestsPage rights={rights} />;
}
