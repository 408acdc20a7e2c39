import type { AccessGrant, PrincipalShown } from "#lib/grants/schema";
import { describeActions } from "@/components/access/describe-actions";
import { describePrincipal } from "@/components/access/principal-reference";
import { Day } from "@/components/ui/day";
import { escapeText } from "@/components/ui/escape-text";

/** A grant in plain words: ci-payments may push and pull payments/** in prod, until 1 March, because … */
export function GrantSentence({
  principal,
  actions,
  pattern,
  registry,
  expiresAt,
  reason,
  withoutWho = false,
}: {
  principal: Pick<PrincipalShown, "kind" | "name">;
  actions: AccessGrant["actions"];
  pattern: string | null;
  registry: string;
  expiresAt: string | null;
  reason: string;
  /** On the page of the principal, which everybody knows there. */
  withoutWho?: boolean;
}) {
  return (
    <span className="[overflow-wrap:anywhere]">
      {withoutWho ? null : <bdi className="font-semibold">{escapeText(describePrincipal(principal))}</bdi>}{" "}
      may <span className="font-semibold">{describeActions(actions)}</span>{" "}
      {pattern === null ? null : <code>{pattern}</code>} in <span className="font-semibold">{registry}</span>
      {expiresAt === null ? null : (
        <>
          {" "}
          until <Day at={expiresAt} className="font-semibold" />
        </>
      )}
      {reason === "" ? null : (
        <>
          , because <bdi>“{escapeText(reason)}”</bdi>
        </>
      )}
      .
    </span>
  );
}
