import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <div>
      <Skeleton className="h-6 w-28" />
      <Skeleton className="mt-2.5 mb-5 h-3.5 w-96 max-w-full" />
      <Skeleton className="mb-4 h-9 w-full" />
      <div className="overflow-hidden rounded-card border border-line bg-surface">
        <SkeletonRows rows={10} rowHeight={36} />
      </div>
    </div>
  );
}
