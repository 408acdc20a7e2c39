import Link from "next/link";
import type { ComponentProps } from "react";
import { classNames } from "@/components/ui/class-names";

export type ButtonVariant = "primary" | "secondary" | "ghost" | "danger" | "link";

interface ButtonLook {
  variant?: ButtonVariant;
  size?: "small" | "medium";
}

const base =
  "inline-flex items-center justify-center gap-1.5 rounded-control font-semibold whitespace-nowrap select-none transition-colors duration-100 disabled:opacity-55 aria-disabled:opacity-55";

const variants: Record<ButtonVariant, string> = {
  primary: "bg-accent text-accent-ink hover:bg-accent-hover",
  secondary: "border border-line bg-surface text-ink hover:bg-sunken hover:border-line-strong",
  ghost: "text-muted hover:bg-sunken hover:text-ink",
  danger: "bg-danger text-danger-ink hover:bg-danger-hover",
  link: "text-accent hover:underline underline-offset-2",
};

/** The classes of a button, for elements that cannot be one of ours (summary, download links). */
export function buttonClasses({ variant = "secondary", size = "medium" }: ButtonLook = {}): string {
  const sizes = variant === "link" ? "" : size === "small" ? "h-7 px-2.5 text-small" : "h-8 px-3 text-body";
  return classNames(base, sizes, variants[variant]);
}

export interface ButtonProps extends ComponentProps<"button">, ButtonLook {
  /** The deed is under way: the button keeps its size and takes no second click. */
  busy?: boolean;
}

export function Button({
  variant,
  size,
  busy = false,
  disabled,
  className,
  children,
  type,
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type ?? "button"}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={classNames(buttonClasses({ variant, size }), className)}
    >
      {busy ? <span aria-hidden="true" className="size-1.5 rounded-full bg-current skeleton" /> : null}
      {children}
    </button>
  );
}

export function ButtonLink({ variant, size, className, ...rest }: ComponentProps<typeof Link> & ButtonLook) {
  return (
    <Link prefetch={false} {...rest} className={classNames(buttonClasses({ variant, size }), className)} />
  );
}

/** A square button that shows only an icon; the label is what a screen reader says and the tooltip shows. */
export function IconButton({ label, className, ...rest }: ComponentProps<"button"> & { label: string }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={classNames(
        "inline-flex size-7 shrink-0 items-center justify-center rounded-control text-muted hover:bg-sunken hover:text-ink",
        className,
      )}
    />
  );
}
