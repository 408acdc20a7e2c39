/** Announces what came since the list was loaded. Nothing moves until it is asked for. */
export function ArrivalsButton({ count, onShow }: { count: number; onShow: () => void }) {
  return (
    <span role="status" className="inline-flex">
      {count > 0 ? (
        <button
          type="button"
          onClick={onShow}
          className="appear inline-flex h-6 items-center rounded-full bg-accent px-2.5 text-small font-semibold text-accent-ink hover:bg-accent-hover"
        >
          {count >= 20 ? "20 or more" : count} new
        </button>
      ) : null}
    </span>
  );
}
