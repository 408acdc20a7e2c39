import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { stack } from "./stack.ts";

const run = promisify(execFile);

export const isSkopeoHere = spawnSync("skopeo", ["--version"]).status === 0;
export const noSkopeo = "skopeo is not on this machine";

/** Copies with the real client; `registry:` stands for the registry of the tests. */
export async function skopeoCopy(from: string, to: string, options: string[] = []): Promise<void> {
  const { user, password } = stack.pushLogin;
  const side = (place: string, name: "src" | "dest") =>
    place.startsWith("registry:")
      ? {
          place: `docker://${stack.registryHost}/${place.slice("registry:".length)}`,
          options: [`--${name}-tls-verify=false`, `--${name}-creds=${user}:${password}`],
        }
      : { place, options: [] };
  const [source, target] = [side(from, "src"), side(to, "dest")];
  await run(
    "skopeo",
    [
      ...["--insecure-policy", "copy", "--quiet", ...options],
      ...[...source.options, ...target.options, source.place, target.place],
    ],
    { timeout: 60_000 },
  );
}
