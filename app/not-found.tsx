import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

export default function NotFound() {
  return (
    <main>
      <EmptyState title="There is nothing at this address" action={<ButtonLink href="/">Home</ButtonLink>}>
        The address may be misspelt, or the page may have moved.
      </EmptyState>
    </main>
  );
}
