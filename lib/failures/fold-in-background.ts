import { foldNext } from "#lib/failures/fold-service";
import { log } from "#lib/log/log";

const atOnce = 2;

/**
 * Folds what is due, apart from the jobs: a registry that fails without end is folded without end, and neither what it
 * tells next nor another registry may wait for that. What is due stands in the database, so nothing is lost with the
 * process.
 */
class FoldingInBackground {
  #isWanted = false;
  #isEnded = false;
  readonly #running = new Set<Promise<void>>();

  /** Sees to it that what is due now is folded soon, beside what is being folded. */
  wake(): void {
    if (this.#isEnded) return;
    if (this.#running.size >= atOnce) {
      this.#isWanted = true;
      return;
    }
    this.#isWanted = false;
    const turn = this.#foldInTurn().finally(() => {
      this.#running.delete(turn);
      if (this.#isWanted) this.wake();
    });
    this.#running.add(turn);
  }

  /** Settles when the foldings under way are done; nothing begins afterwards. */
  async end(): Promise<void> {
    this.#isEnded = true;
    await Promise.all(this.#running);
  }

  async #foldInTurn(): Promise<void> {
    try {
      while (!this.#isEnded && (await foldNext()) !== null);
    } catch (error) {
      log.warn(
        { name: error instanceof Error ? error.name : "unknown" },
        "folding failures was given up for now",
      );
    }
  }
}

export const foldingInBackground = new FoldingInBackground();
