import { Skeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <div>
      <Skeleton className="h-6 w-96 max-w-full" />
      <Skeleton className="mt-2.5 mb-5 h-3.5 w-64 max-w-full" />
      <div className="flex flex-col gap-4 rounded-card border border-line bg-surface p-3.5">
        <Skeleton className="h-40 w-full" />
        <Skeleton className="h-40 w-full" />
      </div>
    </div>
  );
}
