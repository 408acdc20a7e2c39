import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** strace: the one of npm test, else one on this machine, else null. */
export function findTracer(): string | null {
  const named = process.env.TEST_STRACE_BIN;
  if (named) return named;
  return existsSync("/usr/bin/strace") ? "/usr/bin/strace" : null;
}

/** Whether a process may be looked at here; containers may forbid it. */
export function canTrace(tracer: string): boolean {
  return spawnSync(tracer, ["-f", "-e", "trace=connect", "-o", "/dev/null", "true"]).status === 0;
}

/** What to start a program by, so that every connection, file and program of it and its children is written down. */
export function traceInto(tracer: string, file: string): string[] {
  const calls = "trace=connect,sendto,sendmsg,open,openat,execve";
  return [tracer, "-D", "-f", "--seccomp-bpf", "-qq", "-s", "400", "-e", calls, "-o", file];
}

export interface Trace {
  /** `address:port`, each once. */
  destinations: string[];
  /** Paths of files that were opened, each once. */
  files: string[];
  programs: string[];
}

export function readTrace(file: string): Trace {
  const text = readFileSync(file, "utf8");
  const all = (pattern: RegExp, format: (groups: string[]) => string) => [
    ...new Set([...text.matchAll(pattern)].map((match) => format([...match]))),
  ];
  return {
    destinations: [
      ...all(
        /sa_family=AF_INET, sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]+)"\)/g,
        ([, port, address]) => `${address}:${port}`,
      ),
      ...all(
        /sa_family=AF_INET6, sin6_port=htons\((\d+)\).*?inet_pton\(AF_INET6, "([^"]+)"/g,
        ([, port, address]) => `[${address}]:${port}`,
      ),
    ],
    // Only what was there: looking for a file that is not reads nothing.
    files: all(/open(?:at)?\((?:AT_FDCWD, )?"([^"]+)", [^)]*\) = \d+/g, ([, path]) => path ?? ""),
    programs: all(/execve\("([^"]+)"/g, ([, path]) => path ?? ""),
  };
}
