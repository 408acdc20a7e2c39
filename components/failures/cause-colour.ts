import { type FailureCause, failureCauseSchema } from "#lib/failures/schema";

/** Classes that set the colour of a series: what draws it takes the colour of its text. */
const colours = ["text-chart-1", "text-chart-2", "text-chart-3", "text-chart-4", "text-chart-5"];
/** Of the causes that are drawn as one. */
export const restColour = "text-chart-6";

/** Which colour a cause would like: who may, what is gone, the way there, the registry itself, too much at once. */
const wishes: Record<FailureCause, number> = {
  "not-signed-in": 0,
  "wrong-credentials": 0,
  "credentials-expired": 0,
  unauthorized: 0,
  "no-grant": 0,
  "denied-or-missing": 0,
  "blocked-by-policy": 0,
  "address-not-allowed": 0,
  "not-found": 1,
  "tag-never-existed": 1,
  "tag-deleted": 1,
  "content-missing": 1,
  "no-platform": 1,
  "malformed-reference": 1,
  "tls-not-trusted": 2,
  "http-not-https": 2,
  proxy: 2,
  "name-not-resolved": 2,
  "registry-error": 3,
  "digest-mismatch": 3,
  "node-disk-full": 3,
  "cannot-connect": 4,
  timeout: 4,
  throttled: 4,
  "no-cause-in-text": 4,
  unknown: 4,
};

/** A colour for each key, the same for the same cause as far as there are enough of them; the rest is grey. */
export function chooseColours(keys: readonly (string | null)[]): string[] {
  const free = new Set(colours.keys());
  return keys.map((key) => {
    const cause = failureCauseSchema.safeParse(key);
    if (!cause.success) return restColour;
    const wish = wishes[cause.data];
    const index = free.has(wish) ? wish : [...free][0];
    if (index === undefined) return restColour;
    free.delete(index);
    return colours[index] ?? restColour;
  });
}

/** The colour of a cause where it stands alone. */
export function colourOfCause(cause: FailureCause): string {
  return colours[wishes[cause]] ?? restColour;
}
