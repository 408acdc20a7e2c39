import { ButtonLink } from "@/components/ui/button";
import { CommandLine } from "@/components/ui/command-line";
import { EmptyState } from "@/components/ui/empty-state";

const connect = `curl -X POST "$WHARFINGER/api/v1/registries" \\
  -H "Authorization: Bearer $WHARFINGER_API_KEY" -H "Content-Type: application/json" \\
  -d '{"slug":"main","url":"https://registry.example.com"}'`;

/** Before the first registry: what will be here, and the one step that fills it. */
export function FirstSteps({ mayConnect }: { mayConnect: boolean }) {
  if (!mayConnect)
    return (
      <EmptyState title="No registry is connected yet">
        Once an admin connects one, this page says what needs you: registries that fail, syncs under way, and
        the tags that moved last.
      </EmptyState>
    );
  return (
    <EmptyState
      title="Connect your first registry"
      action={
        <ButtonLink href="/registries/new" variant="primary">
          Connect a registry
        </ButtonLink>
      }
    >
      <p>
        Any registry that speaks the OCI protocol will do: its repositories, tags and layers are read and kept
        up to date, and this page will say what needs you. Here is the same step for a script:
      </p>
      <div className="mt-3">
        <CommandLine command={connect} />
      </div>
    </EmptyState>
  );
}
