import { redirect } from "next/navigation";
import { isPermittedSomewhere } from "#lib/auth/rules";
import { getPageContext } from "#lib/http/page-context";

export default async function SettingsPage() {
  const { principal } = await getPageContext();
  redirect(isPermittedSomewhere(principal, "people.read") ? "/settings/people" : "/settings/account");
}
