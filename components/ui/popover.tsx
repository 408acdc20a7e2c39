"use client";

import { Popover as RadixPopover } from "radix-ui";
import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

/** A small panel beside its button. Import it lazily on pages whose first load counts. */
export function Popover({
  trigger,
  label,
  children,
  align = "start",
  wide = false,
  open,
  onOpenChange,
}: {
  trigger: ReactNode;
  label: string;
  children: ReactNode;
  align?: "start" | "end";
  /** For commands and other long lines. */
  wide?: boolean;
  /** For panels that close themselves when their deed is done. */
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}) {
  return (
    <RadixPopover.Root open={open} onOpenChange={onOpenChange}>
      <RadixPopover.Trigger asChild>{trigger}</RadixPopover.Trigger>
      <RadixPopover.Portal>
        <RadixPopover.Content
          aria-label={label}
          align={align}
          sideOffset={5}
          collisionPadding={8}
          className={classNames(
            "floating appear z-50 rounded-card p-3",
            wide ? "max-w-[min(40rem,calc(100vw-1rem))]" : "max-w-[min(26rem,calc(100vw-1rem))]",
          )}
        >
          {children}
        </RadixPopover.Content>
      </RadixPopover.Portal>
    </RadixPopover.Root>
  );
}
