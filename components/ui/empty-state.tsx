import type { ReactNode } from "react";
import { CommandLine } from "@/components/ui/command-line";

/** What this place will show, and the exact step that fills it. */
export function EmptyState({
  title,
  children,
  command,
  action,
}: {
  title: string;
  children?: ReactNode;
  /** A command to copy. */
  command?: string;
  action?: ReactNode;
}) {
  return (
    <div className="mx-auto flex max-w-xl flex-col items-start gap-3 px-5 py-12">
      <h2 className="text-lead font-semibold">{title}</h2>
      {children ? <div className="text-muted">{children}</div> : null}
      {command ? <CommandLine command={command} /> : null}
      {action}
    </div>
  );
}
