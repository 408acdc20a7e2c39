import { ButtonLink } from "@/components/ui/button";

// Every page of the console carries this along: EmptyState would bring its buttons for copying with it.
export default function ConsoleNotFound() {
  return (
    <div className="mx-auto flex max-w-xl flex-col items-start gap-3 px-5 py-12">
      <h2 className="text-lead font-semibold">There is nothing at this address, or you may not see it</h2>
      <p className="text-muted">
        The name may be misspelt, the repository may be gone, or your roles may not reach it. An admin can
        tell, and can give you a role for it.
      </p>
      <ButtonLink href="/images">All repositories</ButtonLink>
    </div>
  );
}
