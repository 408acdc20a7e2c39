export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

/** How one browser wants to see the console. Kept in cookies so that the first byte of HTML is already right. */
export interface Preferences {
  theme: Theme;
  /** Exact times in UTC rather than in the zone of the browser. */
  utc: boolean;
  /** Single-key shortcuts such as j, k and /. */
  shortcuts: boolean;
}

export const preferenceCookies = {
  theme: "wharfinger-theme",
  utc: "wharfinger-utc",
  shortcuts: "wharfinger-shortcuts",
} as const;

export function parsePreferences(read: (name: string) => string | undefined): Preferences {
  const theme = read(preferenceCookies.theme);
  return {
    theme: theme === "light" || theme === "dark" ? theme : "system",
    utc: read(preferenceCookies.utc) === "on",
    shortcuts: read(preferenceCookies.shortcuts) !== "off",
  };
}
