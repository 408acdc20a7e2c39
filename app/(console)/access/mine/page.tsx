import type { Metadata } from "next";
import { MyAccessPage } from "@/components/access/my-access-page";
import { getAccessPageContext } from "../access-page-context.ts";

export const metadata: Metadata = { title: "My access" };

export default async function Page() {
  const { ctx, rights, registries } = await getAccessPageContext();
  const { kind, name } = ctx.principal;
  return <MyAccessPage login={name} registries={registries} rights={rights} hasAccount={kind === "user"} />;
}
