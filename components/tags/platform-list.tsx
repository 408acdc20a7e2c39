import type { PlatformName } from "#lib/inventory/schema";
import { escapeText } from "@/components/ui/escape-text";

export function formatPlatform(platform: PlatformName): string {
  return escapeText([platform.os, platform.architecture, platform.variant].filter(Boolean).join("/"));
}

/** `linux/amd64, arm64/v8`: the first two, and how many more; all of them on hover. */
export function PlatformList({ platforms }: { platforms: PlatformName[] }) {
  if (platforms.length === 0) return <span className="text-faint">none</span>;
  const all = platforms.map(formatPlatform);
  const more = all.length - 2;
  return (
    <span title={all.join(", ")} className="block truncate">
      {all.slice(0, 2).join(", ")}
      {more > 0 ? <span className="text-faint"> + {more}</span> : null}
    </span>
  );
}
