/** Whether a part of a bench is wanted. */
export function isWanted({ only }: BenchOptions, part: string): boolean {
  return only.length === 0 || only.includes(part);
}

export interface BenchOptions {
  root: string;
  /** Where Postgres, the registry and what was seeded live; used again by the next run. */
  home: string;
  /** Small and short: proves that the bench runs, and measures nothing worth telling. */
  quick: boolean;
  /** The long variant: 10,000 repositories in the registry. */
  full: boolean;
  /** Address of another registry UI to measure in the same run. */
  peer: string | null;
  rounds: number;
  /** Events of the dashboards' database. */
  rows: number;
  /** The parts of the bench to run; none named is all of them. */
  only: string[];
  /** Profiles the worker while it crawls. */
  profile: boolean;
  /** The registry asks for a login, as that of the demo does. */
  login: boolean;
}
