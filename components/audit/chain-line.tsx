"use client";

import { useQuery } from "@tanstack/react-query";
import type { AuditChain } from "#lib/audit/schema";
import { describeBreak, describeLinks, describePlaces } from "@/components/audit/prepare-chain";
import { auditChainQuery } from "@/components/audit/queries";
import { StateDot } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";

/** Whether the record can be trusted, in words. */
export function ChainLine({ fromServer }: { fromServer: AuditChain }) {
  const { data: chain = fromServer } = useQuery({ ...auditChainQuery, initialData: fromServer });
  if (chain.state === "broken")
    return (
      <p role="alert" className="mt-2 w-fit rounded-control bg-danger-soft px-3 py-2 text-danger">
        <strong className="font-semibold">The audit is not as it was written.</strong> {describeBreak(chain)}{" "}
        Run <code>npm run audit:verify</code> with checkpoints that were kept elsewhere.
      </p>
    );
  if (chain.state === "unknown")
    return (
      <p className="mt-0.5">
        <Dot tone="warn" />
        Whether it is as it was written is not known:{" "}
        {chain.verifiedAt === null ? (
          "nobody has looked yet. The worker does, once a minute."
        ) : (
          <>
            the worker last looked <RelativeTime at={chain.verifiedAt} />.
          </>
        )}
      </p>
    );
  return (
    <p className="mt-0.5">
      <Dot tone={chain.webhook?.failingSince ? "warn" : "good"} />
      {describeLinks(chain)}, checked <RelativeTime at={chain.verifiedAt} />
      {chain.lastCheckpointAt === null ? (
        "; no checkpoint yet."
      ) : (
        <>
          ; last checkpoint <RelativeTime at={chain.lastCheckpointAt} />, signed, written to{" "}
          {describePlaces(chain)}.
        </>
      )}
      {chain.webhook?.failingSince ? (
        <span className="text-warn">
          {" "}
          The webhook fails: the first one that it did not take was{" "}
          <RelativeTime at={chain.webhook.failingSince} />.
        </span>
      ) : null}
    </p>
  );
}

function Dot({ tone }: { tone: "good" | "warn" }) {
  return (
    <span className="mr-1.5 inline-flex align-middle">
      <StateDot tone={tone} />
    </span>
  );
}
