import type { SignalSide } from "#lib/events/signal";
import { isRuntime, productOf } from "#lib/failures/rules-signal-group";

/** So many failed pulls, as one side tells of one program. */
export interface ToldCount {
  side: SignalSide;
  agent: string | null;
  /** It may be no failure of its own: it only repeats that something failed, or is the 401 before a refused sign-in. */
  isWeak: boolean;
  count: number;
}

/**
 * How many pulls failed, of which several sides tell: as many as the side says that saw most. What is weak counts where
 * nothing better was told of the same program; lines without one could be anybody's.
 */
export function countTold(told: readonly ToldCount[]): number {
  const firm = new Set(told.filter(({ isWeak }) => !isWeak).map(tellerOf));
  const sides = new Map<SignalSide, number>();
  for (const one of told) {
    const teller = tellerOf(one);
    const isRepeated = firm.has(teller) || firm.has(null) || (teller === null && firm.size > 0);
    if (one.isWeak && isRepeated) continue;
    sides.set(one.side, (sides.get(one.side) ?? 0) + one.count);
  }
  return Math.max(0, ...sides.values());
}

/** What a kubelet tells and what its runtime does is one. */
function tellerOf({ side, agent }: ToldCount): string | null {
  return side === "kubernetes" || isRuntime(agent) ? "runtime" : productOf(agent);
}
