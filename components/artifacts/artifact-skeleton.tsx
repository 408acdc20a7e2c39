import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";

/** The page of an artifact while it is on its way, in the sizes of what comes. */
export function ArtifactSkeleton() {
  return (
    <div role="status" aria-label="Loading the artifact">
      <div className="flex min-h-[4.25rem] flex-col gap-2.5 pb-4">
        <Skeleton className="h-5.5 w-80 max-w-full" />
        <Skeleton className="h-4 w-[32rem] max-w-full" />
      </div>
      <div className="mb-4 h-9 border-b border-line" />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem] 2xl:grid-cols-[minmax(0,1fr)_27rem]">
        <div className="flex flex-col gap-4">
          <Frame rows={3} />
          <Frame rows={8} />
        </div>
        <div className="flex flex-col gap-4">
          <Frame rows={5} />
          <Frame rows={2} />
        </div>
      </div>
    </div>
  );
}

function Frame({ rows }: { rows: number }) {
  return (
    <div className="rounded-card border border-line bg-surface">
      <div className="flex h-10 items-center border-b border-line px-3.5">
        <Skeleton className="h-3.5 w-24" />
      </div>
      <SkeletonRows rows={rows} rowHeight={37} />
    </div>
  );
}
