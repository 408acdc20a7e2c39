"use client";

import X from "lucide-react/icons/x";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { IconButton } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";

const shapes = {
  small: "m-auto w-[min(26rem,calc(100vw-2rem))] rounded-card appear",
  medium: "m-auto w-[min(36rem,calc(100vw-2rem))] rounded-card appear",
  large: "m-auto w-[min(56rem,calc(100vw-2rem))] rounded-card appear",
  drawer:
    "my-0 mr-0 ml-auto h-dvh max-h-dvh w-full max-w-full sm:w-[min(32rem,100vw)] sm:rounded-l-card slide-in",
};

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  /** Buttons, at the right edge of a line of their own. */
  footer?: ReactNode;
  size?: "small" | "medium" | "large";
}

/**
 * The browser's own modal dialog: it keeps focus inside, makes the rest inert, closes with Escape and gives
 * focus back. It needs no injected style, which the content security policy would refuse.
 */
export function Dialog({ size = "medium", ...rest }: DialogProps) {
  return <ModalFrame shape={size} {...rest} />;
}

export function ModalFrame({
  open,
  onClose,
  title,
  description,
  children,
  footer,
  shape,
}: Omit<DialogProps, "size"> & { shape: keyof typeof shapes }) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return (
    // A click on the backdrop reaches the dialog element itself; Escape is the keyboard's way.
    <dialog
      ref={ref}
      aria-labelledby={`${id}-title`}
      aria-describedby={description ? `${id}-description` : undefined}
      // React lets the close of a dialog inside this one bubble up to it.
      onClose={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
      className={classNames(
        "floating max-h-[calc(100dvh-2rem)] p-0 text-ink backdrop:bg-shade",
        shapes[shape],
      )}
    >
      {open ? (
        <div className="flex max-h-[inherit] flex-col">
          <header className="flex items-start gap-3 px-5 pt-4 pb-2">
            <div className="min-w-0 flex-1">
              <h2 id={`${id}-title`} className="text-lead font-semibold break-words">
                {title}
              </h2>
              {description ? (
                <p id={`${id}-description`} className="mt-1 text-muted">
                  {description}
                </p>
              ) : null}
            </div>
            <IconButton label="Close" onClick={onClose} className="-mr-2">
              <X aria-hidden="true" className="size-4" />
            </IconButton>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pt-1 pb-5">{children}</div>
          {footer ? (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">
              {footer}
            </footer>
          ) : null}
        </div>
      ) : null}
    </dialog>
  );
}
