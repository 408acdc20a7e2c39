import type { ReactNode } from "react";

export type MenuItem =
  | { kind: "separator"; key: string }
  | { kind: "heading"; key: string; label: ReactNode }
  | {
      kind: "choice";
      key: string;
      label: ReactNode;
      checked: boolean;
      onSelect: () => void;
    }
  | {
      kind?: "action";
      key: string;
      label: ReactNode;
      /** Words at the right, such as the key that does the same. */
      hint?: ReactNode;
      tone?: "plain" | "danger";
      disabled?: boolean;
      href?: string;
      onSelect?: () => void;
    };

export interface MenuProps {
  /** What a screen reader calls the button. */
  label: string;
  /** What the button shows. */
  children: ReactNode;
  className?: string;
  align?: "start" | "end";
  side?: "top" | "bottom";
  items: MenuItem[];
}
