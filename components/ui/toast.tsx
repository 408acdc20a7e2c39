"use client";

import X from "lucide-react/icons/x";
import { type ReactNode, useEffect, useSyncExternalStore } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";

export interface ToastMessage {
  tone?: "plain" | "good" | "danger";
  title: ReactNode;
  detail?: ReactNode;
  /** Such as the way back from what was just done. */
  action?: { label: string; onSelect: () => void };
}

interface ShownToast extends ToastMessage {
  id: number;
}

let shown: readonly ShownToast[] = [];
let lastId = 0;
const none: readonly ShownToast[] = [];
const listeners = new Set<() => void>();

function show(next: readonly ShownToast[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

/** Says in a corner what was done. Failures that need reading belong beside what failed, not here. */
export function toast(message: ToastMessage): void {
  lastId += 1;
  show([...shown.slice(-2), { ...message, id: lastId }]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Where toasts appear; the shell holds the one. */
export function ToastRegion() {
  const toasts = useSyncExternalStore(
    subscribe,
    () => shown,
    () => none,
  );
  return (
    <div
      role="status"
      aria-live="polite"
      className="no-print pointer-events-none fixed right-4 bottom-4 z-60 flex w-[min(24rem,calc(100vw-2rem))] flex-col gap-2"
    >
      {toasts.map((each) => (
        <Toast key={each.id} toast={each} />
      ))}
    </div>
  );
}

function Toast({ toast: { id, tone = "plain", title, detail, action } }: { toast: ShownToast }) {
  const close = () => show(shown.filter((each) => each.id !== id));
  useEffect(() => {
    const timer = setTimeout(() => show(shown.filter((each) => each.id !== id)), action ? 12_000 : 6_000);
    return () => clearTimeout(timer);
  }, [id, action]);
  return (
    <div
      className={classNames(
        "floating appear pointer-events-auto flex items-start gap-3 rounded-card py-2.5 pr-2 pl-3.5",
        tone === "danger" && "border-l-3 border-l-danger",
        tone === "good" && "border-l-3 border-l-good",
      )}
    >
      <div className="min-w-0 flex-1 pt-1">
        <p className="font-medium break-words">{title}</p>
        {detail ? <p className="text-small break-words text-muted">{detail}</p> : null}
      </div>
      {action ? (
        <Button
          variant="link"
          className="h-7"
          onClick={() => {
            action.onSelect();
            close();
          }}
        >
          {action.label}
        </Button>
      ) : null}
      <IconButton label="Dismiss" onClick={close}>
        <X aria-hidden="true" className="size-3.5" />
      </IconButton>
    </div>
  );
}
