import ArrowRight from "lucide-react/icons/arrow-right";
import Check from "lucide-react/icons/check";
import Minus from "lucide-react/icons/minus";
import type { Consequence } from "@/components/deletion/prepare-deletion";
import { Digest } from "@/components/ui/digest";
import { escapeText } from "@/components/ui/escape-text";
import { formatCount } from "@/components/ui/format-bytes";
import { Pill } from "@/components/ui/pill";
import { Skeleton } from "@/components/ui/skeleton";

const marks = {
  lost: { Icon: Minus, colour: "text-danger", word: "Lost" },
  kept: { Icon: Check, colour: "text-good", word: "Kept" },
  how: { Icon: ArrowRight, colour: "text-muted", word: "How" },
};

/** What a deletion takes, what it leaves, and how the registry does it. */
export function Consequences({ lines }: { lines: readonly Consequence[] }) {
  return (
    <ul className="flex flex-col gap-2.5">
      {lines.map((line) => {
        const { Icon, colour, word } = marks[line.tone];
        return (
          <li key={line.text} className="flex gap-2.5">
            <Icon aria-hidden="true" className={`mt-0.5 size-4 shrink-0 ${colour}`} />
            <div className="min-w-0 flex-1">
              <span className="sr-only">{word}: </span>
              <bdi className="[overflow-wrap:anywhere]">{escapeText(line.text)}</bdi>
              {line.names.length > 0 ? (
                <span className="mt-1 flex flex-wrap gap-1">
                  {line.names.map((name) => (
                    <Pill key={name} mono title={escapeText(name)}>
                      {name.includes(":") ? <Digest digest={name} copy={false} /> : escapeText(name)}
                    </Pill>
                  ))}
                  {line.moreNames > 0 ? (
                    <span className="text-small text-faint">and {formatCount(line.moreNames)} more</span>
                  ) : null}
                </span>
              ) : null}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

export function ConsequencesSkeleton() {
  return (
    <div role="status" aria-label="Finding out what would be lost" className="flex flex-col gap-3.5 py-1">
      {["w-3/4", "w-full", "w-5/6", "w-2/3"].map((width) => (
        <Skeleton key={width} className={`h-4 ${width}`} />
      ))}
    </div>
  );
}
