"use client";

import { useState } from "react";
import { type Enforcement, type TokenMode, tokenModes } from "#lib/enforcement/schema";
import { kindWords, modeWords } from "@/components/enforcement/describe-enforcement";
import { useChangeEnforcement } from "@/components/enforcement/use-change-enforcement";
import { describeError } from "@/components/query/api-error";
import { Button } from "@/components/ui/button";
import { Card, Facts } from "@/components/ui/card";
import { classNames } from "@/components/ui/class-names";
import { ConfigText } from "@/components/ui/config-text";
import { Select } from "@/components/ui/select";

/** What to put beside the registry and into its configuration, word for word, for each kind of registry. */
export function SetupCard({
  slug,
  enforcement,
  mayWrite,
}: {
  slug: string;
  enforcement: Enforcement;
  mayWrite: boolean;
}) {
  const fitting = enforcement.setup.find((each) => each.tokenMode === enforcement.tokenMode);
  const [kind, setKind] = useState(fitting?.registryKind ?? enforcement.setup[0]?.registryKind);
  const setup = enforcement.setup.find((each) => each.registryKind === kind);
  const change = useChangeEnforcement(slug);
  return (
    <Card title="The registry's configuration">
      <Facts
        facts={[
          {
            label: "Knows us by",
            value: mayWrite ? (
              <Select
                aria-label="How the registry knows our tokens"
                value={enforcement.tokenMode}
                disabled={change.isPending}
                onChange={(event) => change.mutate({ tokenMode: event.target.value as TokenMode })}
              >
                {tokenModes.map((mode) => (
                  <option key={mode} value={mode}>
                    {modeWords[mode]}
                  </option>
                ))}
              </Select>
            ) : (
              modeWords[enforcement.tokenMode]
            ),
          },
          { label: "Realm", value: <code>{enforcement.realm}</code> },
          { label: "Service", value: <code>{enforcement.service}</code> },
          { label: "Issuer", value: <code>{enforcement.issuer}</code> },
        ]}
      />
      {change.error ? (
        <p role="alert" className="px-3.5 pb-2 text-danger">
          {describeError(change.error)}
        </p>
      ) : null}
      <div className="flex flex-wrap gap-1.5 border-t border-line px-3.5 pt-3">
        {enforcement.setup.map((each) => (
          <button
            key={each.registryKind}
            type="button"
            aria-pressed={each.registryKind === kind}
            onClick={() => setKind(each.registryKind)}
            className={classNames(
              "inline-flex h-6 items-center rounded-full border px-2.5 text-small",
              each.registryKind === kind
                ? "border-accent bg-accent-soft font-medium text-accent"
                : "border-line text-muted hover:border-line-strong hover:text-ink",
            )}
          >
            {kindWords[each.registryKind]}
          </button>
        ))}
      </div>
      {setup ? (
        <div className="flex flex-col gap-3 px-3.5 py-3">
          {setup.tokenMode === enforcement.tokenMode ? null : (
            <p className="rounded-control bg-warn-soft px-3 py-2 text-warn">
              This is for a registry that knows us by {modeWords[setup.tokenMode]}. Choose that above before
              you use it.
            </p>
          )}
          <ul className="flex list-disc flex-col gap-1 pl-4 text-muted">
            {setup.notes.map((note) => (
              <li key={note} className="max-w-2xl [overflow-wrap:anywhere]">
                {note}
              </li>
            ))}
          </ul>
          {setup.files.map((file) => (
            <section key={file.name} aria-label={file.name} className="flex flex-col gap-1.5">
              <div className="flex items-center gap-2">
                <h3 className="font-mono font-semibold">{file.name}</h3>
                <Button size="small" onClick={() => download(file.name, file.content)}>
                  Download
                </Button>
              </div>
              <ConfigText text={file.content} label={`Copy ${file.name}`} />
            </section>
          ))}
          <section aria-label="Configuration" className="flex flex-col gap-1.5">
            <h3 className="font-semibold">Configuration</h3>
            <ConfigText text={setup.configuration} />
          </section>
        </div>
      ) : null}
    </Card>
  );
}

function download(name: string, content: string): void {
  const link = document.createElement("a");
  const address = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
