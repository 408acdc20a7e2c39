import { formatBytes } from "@/components/ui/format-bytes";

/** Bytes that are only here against those that others hold too. Without words: they stand beside it or in its title. */
export function ShareBar({
  unique,
  shared,
  className,
}: {
  unique: number;
  shared: number;
  className: string;
}) {
  const sum = unique + shared;
  const width = (part: number) => ({ width: `${sum === 0 ? 0 : (part / sum) * 100}%` });
  return (
    <span aria-hidden="true" className={`flex h-1.5 overflow-hidden rounded-full bg-sunken ${className}`}>
      <span className="bg-accent" style={width(unique)} />
      <span className="bg-shared" style={width(shared)} />
    </span>
  );
}

/** `4.6 MiB only here, 140 MiB shared`. */
export function describeShares(unique: number, shared: number): string {
  return `${formatBytes(unique)} only here, ${formatBytes(shared)} shared`;
}
