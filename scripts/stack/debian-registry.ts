import { unpackDebianProgram } from "./debian-program.ts";

/**
 * Debian's docker-registry package, downloaded and unpacked into the home folder: no root, nothing installed, no
 * service started. `reason` says why there is none.
 */
export function unpackDebianRegistry(
  home: string,
  report: (line: string) => void,
): { path: string | null; reason: string | null } {
  return unpackDebianProgram({ home, name: "docker-registry", program: "usr/bin/docker-registry", report });
}
