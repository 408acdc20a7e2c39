import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { MatrixPage } from "@/components/access/matrix-page";
import { getAccessPageContext } from "./access-page-context.ts";

export const metadata: Metadata = { title: "Access" };

export default async function Page() {
  const { rights, registries } = await getAccessPageContext();
  // Everybody has access of their own to look at.
  if (!rights.read) redirect("/access/mine");
  return <MatrixPage registries={registries} rights={rights} />;
}
