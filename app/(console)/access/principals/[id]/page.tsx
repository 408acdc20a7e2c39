import type { Metadata } from "next";
import { PrincipalPage } from "@/components/access/principal-page";
import { getAccessPageContext } from "../../access-page-context.ts";

export const metadata: Metadata = { title: "A principal" };

/** Also for who answers for the principal and may see nothing else of access: the API decides. */
export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { ctx, rights, registries } = await getAccessPageContext();
  return (
    <PrincipalPage
      id={(await params).id}
      registries={registries}
      rights={rights}
      login={ctx.principal.name}
    />
  );
}
