"use client";

import dynamic from "next/dynamic";
import { useState } from "react";
import type { MenuProps } from "@/components/ui/menu-item";

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
