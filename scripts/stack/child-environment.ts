/** The little that a program which is not ours needs from our environment; none of our secrets. */
export function prepareChildEnvironment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { NODE_ENV: "production", PATH: process.env.PATH, HOME: process.env.HOME, TZ: "UTC", ...extra };
}
