"use client";

import { lazy, Suspense, useState } from "react";
import type { MenuProps } from "@/components/ui/menu-item";

const OpenedMenu = lazy(async () => ({ default: (await import("@/components/ui/opened-menu")).OpenedMenu }));

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
  if (!wanted) return button;
  return (
    <Suspense fallback={button}>
      <OpenedMenu {...props} />
    </Suspense>
  );
}
