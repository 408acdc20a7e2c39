import { CopyButton } from "@/components/ui/copy-button";

/** Text to paste; long lines wrap on screen only. */
export function ConfigText({ text, label = "Copy the configuration" }: { text: string; label?: string }) {
  return (
    <div className="flex min-w-0 items-start gap-2 rounded-control border border-line bg-sunken/40 py-1.5 pr-1.5 pl-3">
      <pre className="min-w-0 flex-1 py-1 whitespace-pre-wrap [overflow-wrap:anywhere]">{text.trimEnd()}</pre>
      <CopyButton text={text} label={label} />
    </div>
  );
}
