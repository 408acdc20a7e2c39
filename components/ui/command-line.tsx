import { CopyButton } from "@/components/ui/copy-button";

/** A command as it is typed, with a button that copies it. */
export function CommandLine({ command }: { command: string }) {
  return (
    <div className="flex w-full items-start gap-2 rounded-control border border-line bg-surface py-1.5 pr-1.5 pl-3">
      <code className="min-w-0 flex-1 py-1 break-all whitespace-pre-wrap">{command}</code>
      <CopyButton text={command} label="Copy the command" />
    </div>
  );
}
