import type { ComponentProps } from "react";
import { classNames } from "@/components/ui/class-names";

export const controlClasses =
  "w-full rounded-control border border-line-strong bg-surface text-body text-ink aria-invalid:border-danger disabled:opacity-60 max-sm:text-[16px]";

/** For what is read letter by letter: no joined signs. */
export const codeClasses = "font-mono [font-feature-settings:'calt'_0]";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input {...rest} className={classNames(controlClasses, "h-8 px-2.5", className)} />;
}

export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea {...rest} className={classNames(controlClasses, "min-h-20 px-2.5 py-1.5", className)} />;
}
