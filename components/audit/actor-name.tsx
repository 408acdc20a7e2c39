import type { AuditEvent } from "#lib/audit/schema";
import { SafeText } from "@/components/ui/safe-text";

/** Who did it. A registry's log names nobody where its notification of the same act does: that is no anonymous access. */
export function ActorName({
  event,
  inSentence = false,
}: {
  event: Pick<AuditEvent, "actor" | "actorKind">;
  /** As "by" somebody, in a line that wraps. */
  inSentence?: boolean;
}) {
  if (event.actorKind === "registry-client" && event.actor === "nobody")
    return <span className="text-faint">not named</span>;
  if (!inSentence) return <SafeText text={event.actor} />;
  return (
    <>
      by <SafeText text={event.actor} clip={false} />
    </>
  );
}
