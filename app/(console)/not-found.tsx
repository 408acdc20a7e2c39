import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

export default function ConsoleNotFound() {
  return (
    <EmptyState
      title="There is nothing at this address, or you may not see it"
      action={<ButtonLink href="/images">All repositories</ButtonLink>}
    >
      The name may be misspelt, the repository may be gone, or your roles may not reach it. An admin can tell,
      and can give you a role for it.
    </EmptyState>
  );
}
