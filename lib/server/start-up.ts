import type { Settings } from "#lib/settings/settings";

/** What must be true before the first request: the first admin and the automation key exist. */
export async function prepareConsole(_settings: Settings): Promise<void> {}
