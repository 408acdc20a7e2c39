"use client";

import { usePreferences } from "@/components/shell/preferences-provider";
import { CheckboxLine } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";

const keys: { keys: string[]; does: string }[] = [
  { keys: ["Ctrl K", "⌘ K"], does: "Find anything" },
  { keys: ["/"], does: "Filter this list" },
  { keys: ["j", "k"], does: "Next row, row before" },
  { keys: ["Enter"], does: "Open the row" },
  { keys: ["x"], does: "Select the row" },
  { keys: ["Esc"], does: "Close, or leave the field" },
  { keys: ["?"], does: "Show these keys" },
];

export function ShortcutHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { shortcuts, change } = usePreferences();
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard shortcuts" size="small">
      <dl className="divide-y divide-line">
        {keys.map((line) => (
          <div key={line.does} className="flex items-center gap-4 py-2">
            <dt className="flex w-32 gap-1.5">
              {line.keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dt>
            <dd>{line.does}</dd>
          </div>
        ))}
      </dl>
      <div className="mt-3 border-t border-line pt-3">
        <CheckboxLine checked={shortcuts} onChange={(event) => change({ shortcuts: event.target.checked })}>
          Single-key shortcuts
        </CheckboxLine>
        <p className="text-small text-faint">Ctrl K, Enter and Esc work either way.</p>
      </div>
    </Dialog>
  );
}
