import type { ValueChange } from "#lib/compare/schema";
import { Card } from "@/components/ui/card";
import { formatPlural } from "@/components/ui/format-bytes";
import { Pill } from "@/components/ui/pill";
import { SafeText } from "@/components/ui/safe-text";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";

const marks: Record<ValueChange["change"], { word: string; tone: "accent" | "danger" | "warn" }> = {
  added: { word: "+ added", tone: "accent" },
  removed: { word: "− removed", tone: "danger" },
  changed: { word: "changed", tone: "warn" },
};

/** Values that are not the same on both sides, next to each other; nothing where all are. */
export function ChangedValues({ title, changes }: { title: string; changes: readonly ValueChange[] }) {
  if (changes.length === 0) return null;
  return (
    <Card title={title} detail={formatPlural(changes.length, "change")}>
      <Table label={title}>
        <thead>
          <tr className="max-sm:grid max-sm:grid-cols-2">
            <HeadCell className="w-24 max-sm:hidden">Change</HeadCell>
            <HeadCell className="w-1/5 max-sm:sr-only">Name</HeadCell>
            <HeadCell>From</HeadCell>
            <HeadCell>To</HeadCell>
          </tr>
        </thead>
        <tbody>
          {changes.map((each) => (
            <Row key={each.name} className="max-sm:grid max-sm:grid-cols-2">
              <Cell className="align-top max-sm:hidden">
                <Pill tone={marks[each.change].tone}>{marks[each.change].word}</Pill>
              </Cell>
              <Cell className="align-top [overflow-wrap:anywhere] max-sm:col-span-2 max-sm:h-auto max-sm:pb-0 max-sm:text-muted">
                <SafeText text={each.name} mono clip={false} />
              </Cell>
              <Cell className="align-top [overflow-wrap:anywhere] max-sm:h-auto max-sm:min-w-0">
                <Value text={each.from} />
              </Cell>
              <Cell className="align-top [overflow-wrap:anywhere] max-sm:h-auto max-sm:min-w-0">
                <Value text={each.to} />
              </Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

const shownCharacters = 2000;

function Value({ text }: { text: string | null }) {
  if (text === null) return <span className="text-faint">not set</span>;
  if (text === "") return <span className="text-faint">empty</span>;
  const cut = text.length > shownCharacters;
  return (
    <SafeText
      text={cut ? `${text.slice(0, shownCharacters)}…` : text}
      mono
      clip={false}
      copy={text.length > 40}
    />
  );
}
