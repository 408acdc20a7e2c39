"use client";

import Check from "lucide-react/icons/check";
import CircleAlert from "lucide-react/icons/circle-alert";
import Minus from "lucide-react/icons/minus";
import X from "lucide-react/icons/x";
import type { ReactNode } from "react";
import type { RegistryTest } from "#lib/registries/schema";
import { describeFormError } from "@/components/registries/describe-form-error";
import { classNames } from "@/components/ui/class-names";
import { formatCount } from "@/components/ui/format-bytes";

type Step = RegistryTest["steps"][number];

const steps: { id: Step["id"]; label: string; about: string }[] = [
  { id: "resolve", label: "Resolve", about: "The host name leads to an address that may be asked." },
  { id: "connect", label: "Connect", about: "The port takes connections." },
  { id: "tls", label: "TLS", about: "The certificate is valid and trusted." },
  { id: "api", label: "/v2/", about: "A registry answers." },
  { id: "authentication", label: "Authentication", about: "The credentials are accepted." },
  { id: "catalog", label: "Catalogue", about: "It lists its repositories." },
  { id: "referrers", label: "Referrers", about: "It names what belongs to an image." },
  { id: "deletion", label: "Deletion", about: "Whether manifests and tags can be deleted." },
];

const looks = {
  ok: { icon: Check, word: "ok", tone: "text-good" },
  limited: { icon: CircleAlert, word: "limited", tone: "text-warn" },
  failed: { icon: X, word: "failed", tone: "text-danger" },
  skipped: { icon: Minus, word: "not tried", tone: "text-faint" },
};

/** The eight steps of a connection test with what each found; before the test, what each will look at. */
export function ConnectionTest({
  result,
  busy,
  error,
  outdated = false,
  remedies,
}: {
  result: RegistryTest | undefined;
  busy: boolean;
  error: Error | null;
  /** The settings changed since. */
  outdated?: boolean;
  /** What can be done on the spot about what failed. */
  remedies?: ReactNode;
}) {
  return (
    <div aria-live="polite" aria-busy={busy}>
      {result && !busy ? <Verdict result={result} outdated={outdated} /> : null}
      {error && !busy ? (
        <p role="alert" className="border-b border-line px-3.5 py-2.5 text-danger">
          {describeFormError(error)}
        </p>
      ) : null}
      {remedies && result && !busy ? remedies : null}
      <ol
        className={classNames("divide-y divide-line", (outdated || (busy && result)) && "stale-content")}
        aria-label="Steps of the test"
      >
        {steps.map(({ id, label, about }) => {
          const step = busy ? undefined : result?.steps.find((each) => each.id === id);
          const look = step ? looks[step.state] : null;
          const Icon = look?.icon;
          return (
            <li key={id} className="grid grid-cols-[1rem_1fr_auto] items-start gap-x-2.5 px-3.5 py-2">
              <span className="flex h-[19px] items-center">
                {Icon ? (
                  <Icon aria-hidden="true" className={classNames("size-4", look.tone)} />
                ) : (
                  <span
                    aria-hidden="true"
                    className={classNames(
                      "mx-auto size-2 rounded-full",
                      busy ? "skeleton" : "bg-line-strong",
                    )}
                  />
                )}
              </span>
              <div className="min-w-0">
                <p className="font-medium">
                  {label}
                  {look ? (
                    <span className={classNames("ml-1.5 text-small font-normal", look.tone)}>
                      {look.word}
                    </span>
                  ) : null}
                </p>
                {step?.state === "skipped" ? null : (
                  <p className="text-small text-muted [overflow-wrap:anywhere]">{step?.detail ?? about}</p>
                )}
              </div>
              <span className="text-small text-faint">
                {step && step.state !== "skipped" ? `${formatCount(step.durationMs)} ms` : ""}
              </span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function Verdict({ result, outdated }: { result: RegistryTest; outdated: boolean }) {
  const failed = result.steps.find((step) => step.state === "failed");
  const limited = result.steps.filter((step) => step.state === "limited").length;
  const label = steps.find((step) => step.id === failed?.id)?.label;
  return (
    <div className="border-b border-line px-3.5 py-2.5">
      <p
        className={classNames(
          "font-semibold",
          result.usable ? (failed ? "text-warn" : "text-good") : "text-danger",
        )}
      >
        {result.usable
          ? failed
            ? `It can be used, although the step ${label} failed`
            : "The connection works"
          : `It cannot be used: the step ${label ?? "of the test"} failed`}
      </p>
      <p className="text-small text-muted">
        {outdated
          ? "The settings were changed since: test again."
          : (result.advice ??
            (!result.usable
              ? "What went wrong stands beside the step."
              : limited > 0
                ? `${limited} of 8 steps came with a limit; what it is stands beside them.`
                : "Everything that was tried went well."))}
      </p>
    </div>
  );
}
