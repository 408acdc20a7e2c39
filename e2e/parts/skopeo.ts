import { Skopeo } from "#lib/testing/skopeo";
import { stack } from "./stack.ts";

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
  const skopeo = new Skopeo();
  try {
    const { ok, stderr } = await skopeo.run(
      ...["copy", "--quiet", ...options, ...source.options, ...target.options, source.place, target.place],
    );
    if (!ok) throw new Error(`skopeo copy ${from} ${to}: ${stderr}`);
  } finally {
    skopeo.close();
  }
}
