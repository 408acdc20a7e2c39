"use client";

import Check from "lucide-react/icons/check";
import CircleHelp from "lucide-react/icons/circle-help";
import TriangleAlert from "lucide-react/icons/triangle-alert";
import X from "lucide-react/icons/x";
import type { Enforcement, EnforcementCheck } from "#lib/enforcement/schema";
import { enforcementKey, enforcementPath } from "@/components/enforcement/queries";
import { describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { RelativeTime } from "@/components/ui/relative-time";

const seenWords: Record<EnforcementCheck["seen"], string> = {
  on: "The registry enforces our grants",
  off: "The registry does not enforce our grants",
  unknown: "It could not be told whether the registry enforces our grants",
};

const stepWords: Record<EnforcementCheck["steps"][number]["name"], string> = {
  challenge: "Asks for a token",
  realm: "Sends clients to us",
  "anonymous-pull": "Refuses a pull without a login",
  "foreign-push": "Refuses a push with a foreign token",
  "own-token": "Accepts a token of ours",
};

/** A proof from outside: what the registry really does with those who may not. */
export function CheckCard({
  slug,
  enforcement,
  mayWrite,
}: {
  slug: string;
  enforcement: Enforcement;
  mayWrite: boolean;
}) {
  const run = useDeed<void, EnforcementCheck>({
    request: () => ({ path: `${enforcementPath(slug)}/check`, method: "POST" }),
    invalidates: [[...enforcementKey]],
  });
  const { check } = enforcement;
  return (
    <Card
      title="Seen from outside"
      actions={
        mayWrite ? (
          <Button size="small" busy={run.isPending} onClick={() => run.mutate()}>
            Check now
          </Button>
        ) : null
      }
    >
      {run.error ? (
        <p role="alert" className="px-3.5 py-3 text-danger">
          {describeError(run.error)}
        </p>
      ) : null}
      {check === null ? (
        <p className="px-3.5 py-3 text-muted">
          Not checked yet. The check asks the registry as a stranger would: without a login, and with a token
          that is not ours. It changes nothing there.
        </p>
      ) : (
        <>
          <p className="flex flex-wrap items-baseline gap-x-2 border-b border-line px-3.5 py-3">
            <span
              className={
                check.seen === "on"
                  ? "font-semibold text-good"
                  : check.seen === "off"
                    ? "font-semibold text-danger"
                    : "font-semibold text-warn"
              }
            >
              {seenWords[check.seen]}
            </span>
            <span className="text-small text-faint">
              <RelativeTime at={check.at} />
            </span>
          </p>
          <ul className="divide-y divide-line">
            {check.steps.map((step) => (
              <li key={step.name} className="flex items-start gap-2.5 px-3.5 py-2">
                <Outcome outcome={step.outcome} />
                <span className="min-w-0">
                  <span className="font-medium">{stepWords[step.name]}</span>
                  <span className="block text-muted [overflow-wrap:anywhere]">{step.text}</span>
                </span>
              </li>
            ))}
          </ul>
          {check.warnings.length > 0 ? (
            <ul className="flex flex-col gap-2 border-t border-line px-3.5 py-3">
              {check.warnings.map((warning) => (
                <li key={warning} className="flex items-start gap-2 text-warn">
                  <TriangleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
                  <span className="min-w-0 [overflow-wrap:anywhere]">{warning}</span>
                </li>
              ))}
            </ul>
          ) : null}
        </>
      )}
    </Card>
  );
}

function Outcome({ outcome }: { outcome: "passed" | "failed" | "unknown" }) {
  const [Icon, tone] =
    outcome === "passed"
      ? [Check, "text-good"]
      : outcome === "failed"
        ? [X, "text-danger"]
        : [CircleHelp, "text-warn"];
  return (
    <span className={`mt-0.5 shrink-0 ${tone}`}>
      <Icon aria-hidden="true" className="size-3.5" />
      <span className="sr-only">{outcome}</span>
    </span>
  );
}
