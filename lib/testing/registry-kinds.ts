import type { TokenMode } from "#lib/enforcement/schema";
import { describeMissingPeer, findPeer } from "../../scripts/stack/peers.ts";

export interface RegistryKind {
  /** What a test calls it; says so where it is not on this machine. */
  title: string;
  slug: string;
  mode: TokenMode;
  /** Null where it is missing: its tests are skipped. */
  program: string | null;
  /** How much longer than its life a token works. */
  leewaySeconds: number;
  deletesTags: boolean;
}

/** Every kind of registry that takes our tokens: the one that is always there, and the others where they can be had. */
export const registryKinds: readonly RegistryKind[] = [
  {
    title: "distribution 2.8",
    slug: "dist-two",
    mode: "certificate",
    program: process.env.TEST_REGISTRY_BIN ?? "",
    leewaySeconds: 60,
    deletesTags: false,
  },
  peer("registry3", { slug: "dist-three", mode: "jwks", leewaySeconds: 60, deletesTags: true }),
  peer("zot", { slug: "zot-one", mode: "key", leewaySeconds: 0, deletesTags: true }),
];

function peer(name: "registry3" | "zot", rest: Omit<RegistryKind, "title" | "program">): RegistryKind {
  const program = findPeer(name);
  const title = name === "zot" ? "zot" : "distribution 3";
  return { ...rest, program, title: program === null ? describeMissingPeer(name) : title };
}
