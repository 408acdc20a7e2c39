"use client";

import Link from "next/link";
import { useState } from "react";
import type { AccessRequest } from "#lib/grants/schema";
import { DecideRequestDialog } from "@/components/access/decide-request-dialog";
import { describeActions } from "@/components/access/describe-actions";
import { grantHref } from "@/components/access/grant-draft";
import { accessKey, accessPaths } from "@/components/access/queries";
import { describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { Button } from "@/components/ui/button";
import { Pill, type Tone } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";

const tones: Record<AccessRequest["state"], Tone> = {
  open: "info",
  approved: "good",
  declined: "danger",
  withdrawn: "plain",
};

/** Requests as sentences, with what can be done about each. */
export function RequestList({
  requests,
  mayDecide,
  mine = false,
}: {
  requests: AccessRequest[];
  mayDecide: boolean;
  /** One's own: they can be taken back, and who asks is known. */
  mine?: boolean;
}) {
  const [deciding, setDeciding] = useState<{ request: AccessRequest; approve: boolean } | null>(null);
  const withdraw = useDeed<string>({
    request: (id) => ({ path: accessPaths.request(id), method: "POST", body: { state: "withdrawn" } }),
    invalidates: [[...accessKey]],
    done: () => ({ title: "The request was taken back" }),
  });
  return (
    <>
      {withdraw.error ? (
        <p role="alert" className="px-3.5 py-2 text-danger">
          {describeError(withdraw.error)}
        </p>
      ) : null}
      <ul className="divide-y divide-line">
        {requests.map((request) => (
          <li key={request.id} className="flex flex-wrap items-start gap-x-4 gap-y-2 px-3.5 py-3">
            <div className="min-w-0 flex-1 basis-72">
              <p className="[overflow-wrap:anywhere]">
                {mine ? "You ask" : <SafeText text={request.user} clip={false} className="font-semibold" />}
                {mine ? "" : " asks"} to{" "}
                <span className="font-semibold">{describeActions(request.actions)}</span>{" "}
                <code>{request.pattern}</code> in <span className="font-semibold">{request.registry}</span>,
                because “<SafeText text={request.reason} clip={false} />
                ”.
              </p>
              <p className="pt-0.5 text-small text-faint">
                <RelativeTime at={request.createdAt} />
                {request.decidedAt ? (
                  <>
                    {" "}
                    · {request.state} by {request.decidedBy ?? "somebody"}{" "}
                    <RelativeTime at={request.decidedAt} />
                  </>
                ) : null}
              </p>
              {request.decision ? (
                <p className="pt-0.5 text-muted">
                  “<SafeText text={request.decision} clip={false} />”
                </p>
              ) : null}
            </div>
            <div className="flex items-center gap-2">
              {request.state === "open" ? null : <Pill tone={tones[request.state]}>{request.state}</Pill>}
              {request.grantId && !mine ? (
                <Link
                  href={grantHref(request.grantId)}
                  prefetch={false}
                  className="text-accent hover:underline"
                >
                  Open the grant
                </Link>
              ) : null}
              {request.state === "open" && mine ? (
                <Button busy={withdraw.isPending} onClick={() => withdraw.mutate(request.id)}>
                  Take it back
                </Button>
              ) : null}
              {request.state === "open" && mayDecide && !mine ? (
                <>
                  <Button onClick={() => setDeciding({ request, approve: false })}>Decline</Button>
                  <Button variant="primary" onClick={() => setDeciding({ request, approve: true })}>
                    Approve
                  </Button>
                </>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
      {deciding ? (
        <DecideRequestDialog
          key={`${deciding.request.id} ${deciding.approve}`}
          request={deciding.request}
          approve={deciding.approve}
          onClose={() => setDeciding(null)}
        />
      ) : null}
    </>
  );
}
