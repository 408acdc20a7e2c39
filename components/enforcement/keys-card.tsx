"use client";

import { useState } from "react";
import type { Enforcement } from "#lib/enforcement/schema";
import { nextKeyStep } from "@/components/enforcement/next-key-step";
import { enforcementKey, enforcementPath } from "@/components/enforcement/queries";
import { useDeed } from "@/components/query/use-deed";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Pill, type Tone } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";

const tones: Record<Enforcement["keys"][number]["state"], Tone> = {
  next: "info",
  current: "good",
  retired: "plain",
};
const words = { next: "next, not signing yet", current: "signs now", retired: "still published" };

/** The keys with which tokens for this registry are signed, and the steps of a rotation with overlap. */
export function KeysCard({
  slug,
  enforcement,
  mayWrite,
}: {
  slug: string;
  enforcement: Enforcement;
  mayWrite: boolean;
}) {
  const [asking, setAsking] = useState(false);
  const next = nextKeyStep(enforcement);
  const rotate = useDeed<string, Enforcement>({
    request: (step) => ({ path: `${enforcementPath(slug)}/keys`, method: "POST", body: { step } }),
    invalidates: [[...enforcementKey]],
    done: () => ({ title: next.told }),
    onDone: () => setAsking(false),
  });
  return (
    <Card
      title="Signing keys"
      detail="for this registry alone"
      actions={
        mayWrite ? (
          <Button size="small" onClick={() => setAsking(true)}>
            {next.deed}
          </Button>
        ) : null
      }
    >
      {enforcement.keys.length === 0 ? (
        <p className="px-3.5 py-3 text-muted">The first key is made when it is needed.</p>
      ) : (
        <ul className="divide-y divide-line">
          {enforcement.keys.map((key) => (
            <li key={key.kid} className="flex flex-col gap-0.5 px-3.5 py-2">
              <span className="flex flex-wrap items-center gap-2">
                <Pill tone={tones[key.state]}>{words[key.state]}</Pill>
                <code className="min-w-0 truncate text-muted" title={key.kid}>
                  {key.kid}
                </code>
              </span>
              <span className="text-small text-faint">
                made <RelativeTime at={key.createdAt} />
                {key.activatedAt ? (
                  <>
                    {" "}
                    · signs since <RelativeTime at={key.activatedAt} />
                  </>
                ) : null}
                {key.retiredAt ? (
                  <>
                    {" "}
                    · until <RelativeTime at={key.retiredAt} />
                  </>
                ) : null}
                {key.leafExpiresAt ? (
                  <>
                    {" "}
                    · certificate ends <RelativeTime at={key.leafExpiresAt} />, renewed by itself
                  </>
                ) : null}
              </span>
            </li>
          ))}
        </ul>
      )}
      <ConfirmDialog
        open={asking}
        onClose={() => {
          rotate.reset();
          setAsking(false);
        }}
        title={`${next.deed}?`}
        deed={next.deed}
        danger={next.step !== "prepare"}
        busy={rotate.isPending}
        error={rotate.error}
        onConfirm={() => rotate.mutate(next.step)}
      >
        {next.consequence}
      </ConfirmDialog>
    </Card>
  );
}
