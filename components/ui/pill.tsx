import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

export type Tone = "plain" | "accent" | "good" | "warn" | "danger" | "info";

const tones: Record<Tone, string> = {
  plain: "bg-sunken text-muted",
  accent: "bg-accent-soft text-accent",
  good: "bg-good-soft text-good",
  warn: "bg-warn-soft text-warn",
  danger: "bg-danger-soft text-danger",
  info: "bg-info-soft text-info",
};

/** A word with a colour that repeats what the word says. */
export function Pill({
  tone = "plain",
  title,
  mono = false,
  children,
  className,
}: {
  tone?: Tone;
  title?: string;
  mono?: boolean;
  children: ReactNode;
  className?: string;
}) {
  return (
    <span
      title={title}
      className={classNames(
        "inline-flex h-5 max-w-full items-center gap-1 truncate rounded-[5px] px-1.5 text-small whitespace-nowrap",
        mono && "font-mono",
        tones[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}

/** A dot for a state, beside the word that names it. */
export function StateDot({ tone }: { tone: "good" | "warn" | "danger" | "plain" }) {
  const colours = { good: "bg-good", warn: "bg-warn", danger: "bg-danger", plain: "bg-line-strong" };
  return (
    <span aria-hidden="true" className={classNames("inline-block size-1.5 rounded-full", colours[tone])} />
  );
}
