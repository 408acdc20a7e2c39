import type { RegistryItem } from "#lib/registries/schema";
import { describeRegistry } from "@/components/registries/describe-registry";
import { StateDot } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";

/** Dot and word; what fails also says since when and why. */
export function RegistryStandingLine({ registry }: { registry: RegistryItem }) {
  const { tone, word, since, because } = describeRegistry(registry);
  return (
    <div className="min-w-0">
      <p className="flex items-center gap-1.5 whitespace-nowrap">
        <StateDot tone={tone} />
        <span className={tone === "danger" ? "font-medium text-danger" : undefined}>{word}</span>
        {since ? (
          <span className="text-small text-faint">
            {tone === "danger" ? "since " : ""}
            <RelativeTime at={since} />
          </span>
        ) : null}
      </p>
      {because ? (
        <div className="max-w-52 2xl:max-w-96 text-small text-muted">
          <SafeText text={because} />
        </div>
      ) : null}
    </div>
  );
}
