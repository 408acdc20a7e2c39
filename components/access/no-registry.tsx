import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

/** Access is given at a registry: without one there is nothing to give. */
export function NoRegistry() {
  return (
    <EmptyState
      title="No registry is connected"
      action={<ButtonLink href="/registries">Registries</ButtonLink>}
    >
      Grants say who may do what in the repositories of a registry. Connect one first.
    </EmptyState>
  );
}
