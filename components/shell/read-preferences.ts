import { cookies } from "next/headers";
import { type Preferences, parsePreferences } from "@/components/shell/preferences";

export async function readPreferences(): Promise<Preferences> {
  const jar = await cookies();
  return parsePreferences((name) => jar.get(name)?.value);
}
