"use client";

import { lazy, Suspense, useEffect, useState } from "react";
import { isTyping } from "@/components/shell/is-typing";
import { usePreferences } from "@/components/shell/preferences-provider";
import { listenToShell } from "@/components/shell/shell-events";

const CommandPalette = lazy(async () => ({
  default: (await import("@/components/shell/command-palette")).CommandPalette,
}));
const ShortcutHelp = lazy(async () => ({
  default: (await import("@/components/shell/shortcut-help")).ShortcutHelp,
}));

/** The keys that work everywhere, and the two dialogs they open; both are loaded when first asked for. */
export function ShellKeys() {
  const { shortcuts } = usePreferences();
  const [shown, setShown] = useState<"palette" | "help" | null>(null);
  const [wanted, setWanted] = useState<{ palette: boolean; help: boolean }>({ palette: false, help: false });

  useEffect(() => {
    const open = (which: "palette" | "help") => {
      setWanted((before) => ({ ...before, [which]: true }));
      setShown(which);
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey) {
        event.preventDefault();
        open("palette");
        return;
      }
      if (!shortcuts || isTyping(event) || document.querySelector("dialog[open]")) return;
      if (event.key === "?") {
        event.preventDefault();
        open("help");
      }
      if (event.key === "/") {
        const filter = document.querySelector<HTMLInputElement>("[data-filter]");
        event.preventDefault();
        if (filter) filter.focus();
        else open("palette");
      }
    };
    window.addEventListener("keydown", onKeyDown);
    const stop = listenToShell({ palette: () => open("palette"), help: () => open("help") });
    return () => {
      window.removeEventListener("keydown", onKeyDown);
      stop();
    };
  }, [shortcuts]);

  const close = () => setShown(null);
  return (
    <Suspense>
      {wanted.palette ? <CommandPalette open={shown === "palette"} onClose={close} /> : null}
      {wanted.help ? <ShortcutHelp open={shown === "help"} onClose={close} /> : null}
    </Suspense>
  );
}
