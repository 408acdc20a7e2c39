/** A bar against the largest of its column; the figure stands beside it. */
export function SizeBar({
  fraction,
  tone = "own",
}: {
  fraction: number;
  tone?: "own" | "shared" | "removed" | "base";
}) {
  const colours = { own: "bg-accent", shared: "bg-shared", removed: "bg-danger", base: "bg-line-strong" };
  return (
    <span aria-hidden="true" className="block h-1.5 w-full min-w-16">
      {fraction > 0 ? (
        <span
          className={`block h-full min-w-0.5 rounded-full ${colours[tone]}`}
          style={{ width: `${Math.min(100, fraction * 100)}%` }}
        />
      ) : null}
    </span>
  );
}
