"use client";

import CircleUser from "lucide-react/icons/circle-user";
import { useState } from "react";
import { describeError } from "@/components/query/api-error";
import { usePreferences } from "@/components/shell/preferences-provider";
import { requestShortcutHelp } from "@/components/shell/shell-events";
import { signOut } from "@/components/shell/sign-out";
import { Menu } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";

/** The person, their theme, time zone and keys, and the way out. */
export function UserMenu({ name, roleLabel }: { name: string; roleLabel: string }) {
  const { theme, utc, shortcuts, change } = usePreferences();
  const [leaving, setLeaving] = useState(false);
  return (
    <Menu
      label={`${name}, ${roleLabel}: account and appearance`}
      side="top"
      align="start"
      className="flex h-9 w-full min-w-0 items-center gap-2.5 rounded-control px-2 text-left font-medium text-muted hover:bg-sunken hover:text-ink"
      items={[
        { kind: "heading", key: "appearance", label: "Appearance" },
        ...(["system", "light", "dark"] as const).map((each) => ({
          kind: "choice" as const,
          key: each,
          label: { system: "As the system", light: "Light", dark: "Dark" }[each],
          checked: theme === each,
          onSelect: () => change({ theme: each }),
        })),
        { kind: "separator", key: "line-1" },
        {
          kind: "choice",
          key: "utc",
          label: "Exact times in UTC",
          checked: utc,
          onSelect: () => change({ utc: !utc }),
        },
        {
          kind: "choice",
          key: "shortcuts",
          label: "Single-key shortcuts",
          checked: shortcuts,
          onSelect: () => change({ shortcuts: !shortcuts }),
        },
        { key: "keys", label: "Keyboard shortcuts", hint: "?", onSelect: requestShortcutHelp },
        { kind: "separator", key: "line-2" },
        { key: "account", label: "Your account", href: "/settings" },
        {
          key: "sign-out",
          label: "Sign out",
          disabled: leaving,
          onSelect: () => {
            setLeaving(true);
            signOut().catch((error: unknown) => {
              setLeaving(false);
              toast({ tone: "danger", title: "You are still signed in", detail: describeError(error) });
            });
          },
        },
      ]}
    >
      <CircleUser aria-hidden="true" className="size-4 shrink-0" />
      <span className="min-w-0 flex-1 truncate">{name}</span>
      <span className="shrink-0 text-tiny font-normal text-faint">{roleLabel}</span>
    </Menu>
  );
}
