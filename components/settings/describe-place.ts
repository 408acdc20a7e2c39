/** Where a role is held, in words. */
export function describePlace(place: { registry: string | null; pattern: string | null }): string {
  if (!place.registry && !place.pattern) return "everywhere";
  if (!place.pattern) return `in ${place.registry}`;
  return place.registry ? `${place.pattern} in ${place.registry}` : `${place.pattern} in every registry`;
}
