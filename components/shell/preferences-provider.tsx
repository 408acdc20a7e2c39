"use client";

import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import { type Preferences, preferenceCookies } from "@/components/shell/preferences";

interface PreferencesValue extends Preferences {
  change: (next: Partial<Preferences>) => void;
}

const PreferencesContext = createContext<PreferencesValue>({
  theme: "system",
  utc: false,
  shortcuts: true,
  change: () => undefined,
});

export function PreferencesProvider({ initial, children }: { initial: Preferences; children: ReactNode }) {
  const [preferences, setPreferences] = useState(initial);
  const change = useCallback((next: Partial<Preferences>) => {
    setPreferences((before) => ({ ...before, ...next }));
    if (next.theme !== undefined) {
      if (next.theme === "system") delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = next.theme;
      keep(preferenceCookies.theme, next.theme);
    }
    if (next.utc !== undefined) keep(preferenceCookies.utc, next.utc ? "on" : "off");
    if (next.shortcuts !== undefined) keep(preferenceCookies.shortcuts, next.shortcuts ? "on" : "off");
  }, []);
  const value = useMemo(() => ({ ...preferences, change }), [preferences, change]);
  return <PreferencesContext value={value}>{children}</PreferencesContext>;
}

export function usePreferences(): PreferencesValue {
  return useContext(PreferencesContext);
}

// The Cookie Store API is missing on plain http, where a console inside a company network may live.
function keep(name: string, value: string): void {
  Reflect.set(document, "cookie", `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax`);
}
