"use client";

import dynamic from "next/dynamic";
import { type ReactNode, useState } from "react";

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

const OpenedMenu = dynamic(() => import("@/components/ui/opened-menu").then((file) => file.OpenedMenu));

/** A button with a menu. The menu's script is loaded with its first use, not with the page. */
export function Menu(props: MenuProps) {
  const [wanted, setWanted] = useState(false);
  const button = (
    <button
      type="button"
      aria-label={props.label}
      title={props.label}
      aria-haspopup="menu"
      aria-expanded={wanted}
      className={props.className}
      onClick={() => setWanted(true)}
      onKeyDown={(event) => {
        if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
        event.preventDefault();
        setWanted(true);
      }}
    >
      {props.children}
    </button>
  );
  return wanted ? <OpenedMenu {...props} /> : button;
}
