/** The little that a program which is not ours needs from our environment; none of our secrets. */
export function prepareChildEnvironment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { NODE_ENV: "production", PATH: process.env.PATH, HOME: process.env.HOME, TZ: "UTC", ...extra };
}

const ofOurs =
  /^(?:PATH|HOME|TZ|LANG|LC_\w+|TMPDIR|NODE_\w+|SSL_CERT_\w+|PG[A-Z]+|KUBERNETES_SERVICE_(?:HOST|PORT)|WHARFINGER_\w+)$/;

/**
 * What our own parts may know of the environment that we were started in: our settings, and how this machine is set
 * up. Tokens of other programs stay out of reach of every package that we run.
 */
export function inheritEnvironment(from: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const names = Object.entries(from).filter(([name]) => ofOurs.test(name));
  return { NODE_ENV: "production", ...Object.fromEntries(names) };
}

/** For tools that make things of our sources: not even our own secrets. */
export function prepareToolEnvironment(
  extra: Record<string, string>,
  from: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const names = Object.entries(inheritEnvironment(from)).filter(([name]) => !name.startsWith("WHARFINGER_"));
  return { ...Object.fromEntries(names), NODE_ENV: "production", ...extra };
}
