import type { Metadata } from "next";
import { getPageContext } from "#lib/http/page-context";
import { DiagnosePage } from "@/components/failures/diagnose-page";

export const metadata: Metadata = { title: "Explain a failed pull" };

export default async function Page() {
  await getPageContext();
  return <DiagnosePage />;
}
