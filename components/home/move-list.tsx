import Link from "next/link";
import type { RecentMove } from "#lib/home/schema";
import { shortenDigest } from "@/components/ui/digest";
import { escapeText } from "@/components/ui/escape-text";
import { imageHref } from "@/components/ui/image-href";
import { RelativeTime } from "@/components/ui/relative-time";

/** The tags that moved last, over every registry. */
export function MoveList({ moves }: { moves: RecentMove[] }) {
  if (moves.length === 0)
    return (
      <p className="px-3.5 py-6 text-muted">
        No tag has moved yet. Every move is kept from the first sync on, and can be put back.
      </p>
    );
  return (
    <ol className="divide-y divide-line">
      {moves.map((move) => (
        <li key={`${move.registry}/${move.repository}:${move.tag} ${move.at}`} className="px-3.5 py-2">
          <div className="flex items-baseline gap-3">
            <Link
              href={imageHref(move.registry, move.repository, move.tag)}
              prefetch={false}
              title={`${move.registry}/${move.repository}:${move.tag}`}
              className="tag-mono flex min-w-0 hover:underline"
            >
              {/* The tag is what matters: the path gives way first. */}
              <span className="min-w-8 shrink-[999] truncate text-faint">{move.repository}</span>
              <span className="text-faint">:</span>
              <span className="min-w-0 truncate font-semibold">{move.tag}</span>
            </Link>
            <span className="ml-auto shrink-0 text-small text-faint">
              <RelativeTime at={move.at} seen={move.atSeen} />
            </span>
          </div>
          <p className="truncate text-small text-muted">{describeMove(move)}</p>
        </li>
      ))}
    </ol>
  );
}

function describeMove(move: RecentMove): string {
  const by = move.actor ? ` by ${escapeText(move.actor)}` : "";
  const how =
    move.source === "crawl" ? "seen by a sync" : move.source === "console" ? "from the console" : "pushed";
  if (move.digest === null) return `deleted${by}`;
  if (move.previousDigest === null) return `new, ${how}${by}`;
  return `${shortenDigest(move.previousDigest, 6)} → ${shortenDigest(move.digest, 6)}, ${how}${by}`;
}
