"use client";

import { type ComponentProps, type ReactNode, useEffect, useId, useRef } from "react";
import { classNames } from "@/components/ui/class-names";

export function Checkbox({
  indeterminate = false,
  className,
  ...rest
}: Omit<ComponentProps<"input">, "type" | "ref"> & { indeterminate?: boolean }) {
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (ref.current) ref.current.indeterminate = indeterminate;
  }, [indeterminate]);
  return (
    <input
      {...rest}
      ref={ref}
      type="checkbox"
      className={classNames("size-3.5 shrink-0 cursor-pointer accent-accent", className)}
    />
  );
}

/** A checkbox with its words beside it, the whole line clickable. */
export function CheckboxLine({
  children,
  ...rest
}: Parameters<typeof Checkbox>[0] & { children: ReactNode }) {
  const id = useId();
  return (
    <div className="flex items-center gap-2 py-1 text-body">
      <Checkbox {...rest} id={id} />
      <label htmlFor={id} className="min-w-0 flex-1">
        {children}
      </label>
    </div>
  );
}
