import type { Metadata } from "next";
import { PrincipalsPage } from "@/components/access/principals-page";
import { ForbiddenState } from "@/components/ui/forbidden-state";
import { getAccessPageContext } from "../access-page-context.ts";

export const metadata: Metadata = { title: "Principals" };

export default async function Page() {
  const { rights } = await getAccessPageContext();
  if (!rights.read) return <ForbiddenState what="see who may do what" permission="access.read" />;
  return <PrincipalsPage rights={rights} />;
}
