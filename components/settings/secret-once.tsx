"use client";

import { CommandLine } from "@/components/ui/command-line";

/** A secret that is shown this once. */
export function SecretOnce({
  label,
  secret,
  kept = "It is stored only as a hash and is not shown again.",
}: {
  label: string;
  secret: string;
  kept?: string;
}) {
  return (
    <div className="flex flex-col gap-2">
      <p className="font-medium">{label}</p>
      <CommandLine command={secret} />
      <p className="text-small text-muted">Copy it now. {kept}</p>
    </div>
  );
}
