import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <div>
      <Skeleton className="h-6 w-48" />
      <Skeleton className="mt-2.5 mb-5 h-3.5 w-80 max-w-full" />
      <div className="overflow-hidden rounded-card border border-line bg-surface">
        <SkeletonRows rows={14} />
      </div>
    </div>
  );
}
