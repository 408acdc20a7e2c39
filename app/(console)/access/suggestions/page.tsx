import type { Metadata } from "next";
import { SuggestionsPage } from "@/components/access/suggestions-page";
import { ForbiddenState } from "@/components/ui/forbidden-state";
import { getAccessPageContext } from "../access-page-context.ts";

export const metadata: Metadata = { title: "Suggestions" };

export default async function Page() {
  const { rights, registries } = await getAccessPageContext();
  if (!rights.read) return <ForbiddenState what="see who may do what" permission="access.read" />;
  return <SuggestionsPage registries={registries} rights={rights} />;
}
