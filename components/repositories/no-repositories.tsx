import { isNarrowed, type RepositoryView } from "@/components/repositories/repository-view";
import { EmptyState } from "@/components/ui/empty-state";
import { ViewLink } from "@/components/ui/view-link";

/** Why the list is empty, and the step that fills it. */
export function NoRepositories({ view }: { view: RepositoryView }) {
  if (isNarrowed(view))
    return (
      <EmptyState
        title="No repository fits"
        action={
          <ViewLink href="/images" className="font-semibold text-accent hover:underline">
            Show all repositories
          </ViewLink>
        }
      >
        The filters hold together, and the name is looked through as a whole. Clear one to see more.
      </EmptyState>
    );
  return (
    <EmptyState
      title="Nothing has been pushed yet"
      command="skopeo copy docker://docker.io/library/busybox docker://<registry>/team/busybox:latest"
    >
      Repositories appear here within seconds of a push when the registry sends its notifications, and
      otherwise with the next sync.
    </EmptyState>
  );
}
