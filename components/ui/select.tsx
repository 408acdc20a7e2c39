import ChevronsUpDown from "lucide-react/icons/chevrons-up-down";
import type { ComponentProps } from "react";
import { classNames } from "@/components/ui/class-names";
import { controlClasses } from "@/components/ui/input";

/** The browser's own select: right for every screen reader and phone, and without script. */
export function Select({ className, ...rest }: ComponentProps<"select">) {
  return (
    <span className={classNames("relative inline-flex", className)}>
      <select {...rest} className={classNames(controlClasses, "h-8 appearance-none pr-7 pl-2.5")} />
      <ChevronsUpDown
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 right-2 size-3.5 -translate-y-1/2 text-faint"
      />
    </span>
  );
}
