import { formatBytes, formatCount } from "@/components/ui/format-bytes";

/** A size in binary units; the exact number of bytes on hover. Unknown in words, with the reason on hover. */
export function Bytes({
  bytes,
  reason,
  className,
}: {
  bytes: number | null | undefined;
  reason?: string;
  className?: string;
}) {
  if (bytes === null || bytes === undefined)
    return (
      <span title={reason} className="text-faint">
        unknown
      </span>
    );
  return (
    <span title={`${formatCount(bytes)} bytes`} className={`whitespace-nowrap ${className ?? ""}`}>
      {formatBytes(bytes)}
    </span>
  );
}
