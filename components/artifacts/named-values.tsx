import { CopyButton } from "@/components/ui/copy-button";
import { formatCount } from "@/components/ui/format-bytes";
import { SafeText } from "@/components/ui/safe-text";

const longValue = 400;

/** Names and values that somebody else wrote, as text; long values are folded, whole when opened. */
export function NamedValues({ label, values }: { label: string; values: readonly [string, string][] }) {
  // Names may stand twice: the place is what tells them apart.
  const lines = values.map(([name, value], place) => ({ key: `${place} ${name}`, name, value }));
  return (
    <dl aria-label={label} className="divide-y divide-line">
      {lines.map(({ key, name, value }) => (
        <div
          key={key}
          className="grid items-start gap-x-4 gap-y-0.5 px-3.5 py-1.5 sm:grid-cols-[minmax(9rem,22rem)_minmax(0,1fr)]"
        >
          <dt className="min-w-0 pt-0.5 text-muted">
            <SafeText text={name} mono clip={false} />
          </dt>
          <dd className="flex min-w-0 items-start gap-1">
            <span className="min-w-0 flex-1 pt-0.5">
              <LongText text={value} />
            </span>
            <CopyButton text={value} label={`Copy the value of ${name}`} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function LongText({ text }: { text: string }) {
  if (text === "") return <span className="text-faint">empty</span>;
  if (text.length <= longValue)
    return <SafeText text={text} mono clip={false} className="whitespace-pre-wrap" />;
  return (
    <details className="group">
      <summary className="list-none [&::-webkit-details-marker]:hidden">
        <SafeText text={`${text.slice(0, longValue)}…`} mono clip={false} className="group-open:hidden" />
        <span className="ml-1 text-small text-accent group-open:ml-0">
          <span className="group-open:hidden">show all {formatCount(text.length)} characters</span>
          <span className="hidden group-open:inline">show less</span>
        </span>
      </summary>
      <SafeText text={text} mono clip={false} className="whitespace-pre-wrap" />
    </details>
  );
}
