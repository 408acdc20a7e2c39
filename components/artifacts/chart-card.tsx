import type { Artifact, Chart } from "#lib/inventory/schema-artifact";
import { Card, Facts } from "@/components/ui/card";
import { Pill } from "@/components/ui/pill";
import { SafeText } from "@/components/ui/safe-text";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";

/** A Helm chart as its own Chart.yaml describes it. */
export function ChartCard({ artifact }: { artifact: Artifact }) {
  const { chart } = artifact;
  if (chart === null)
    return (
      <Card title="Chart">
        <p className="px-3.5 py-3 text-muted">
          <SafeText
            text={artifact.configProblem ?? "The chart's description is not known yet."}
            clip={false}
          />
        </p>
      </Card>
    );
  const dependencies = chart.dependencies.map((each, place) => ({ ...each, key: `${place} ${each.name}` }));
  return (
    <>
      <Card
        title="Chart"
        detail={chart.deprecated ? <Pill tone="warn">deprecated by its authors</Pill> : undefined}
      >
        <Facts facts={factsOf(chart)} />
      </Card>
      <Card
        title="Dependencies"
        detail={chart.dependencies.length > 0 ? String(chart.dependencies.length) : undefined}
      >
        {chart.dependencies.length === 0 ? (
          <p className="px-3.5 py-3 text-muted">This chart depends on no other.</p>
        ) : (
          <Table label="Dependencies">
            <thead>
              <tr>
                <HeadCell>Chart</HeadCell>
                <HeadCell>Version</HeadCell>
                <HeadCell className="max-sm:hidden">From</HeadCell>
              </tr>
            </thead>
            <tbody>
              {dependencies.map(({ key, ...each }) => (
                <Row key={key}>
                  <Cell>
                    <SafeText text={each.name} className="max-w-60" />
                  </Cell>
                  <Cell>
                    <SafeText text={each.version ?? "any"} mono className="max-w-40" />
                  </Cell>
                  <Cell className="w-full max-w-0 max-sm:hidden">
                    {each.repository ? <SafeText text={each.repository} mono copy /> : null}
                  </Cell>
                </Row>
              ))}
            </tbody>
          </Table>
        )}
      </Card>
    </>
  );
}

function factsOf(chart: Chart) {
  const people = chart.maintainers.map((each) => (each.email ? `${each.name} <${each.email}>` : each.name));
  const all: { label: string; lines: readonly (string | null)[]; always?: boolean }[] = [
    { label: "Name", lines: [chart.name], always: true },
    { label: "Version", lines: [chart.version], always: true },
    { label: "App version", lines: [chart.appVersion], always: true },
    { label: "Description", lines: [chart.description], always: true },
    { label: "Type", lines: [chart.type] },
    { label: "Kubernetes", lines: [chart.kubeVersion] },
    { label: "Chart API", lines: [chart.apiVersion] },
    { label: "Home", lines: [chart.home] },
    { label: "Sources", lines: chart.sources },
    { label: "Keywords", lines: [chart.keywords.join(", ")] },
    { label: "Maintainers", lines: people },
  ];
  return all.flatMap(({ label, lines, always }) => {
    const said = lines.filter((each): each is string => Boolean(each));
    if (said.length === 0 && !always) return [];
    return [{ label, value: saidOrNot(said) }];
  });
}

function saidOrNot(lines: readonly string[]) {
  return lines.length === 0 ? <span className="text-faint">not said</span> : <SafeLines lines={lines} />;
}

function SafeLines({ lines }: { lines: readonly string[] }) {
  return (
    <ul>
      {[...new Set(lines)].map((each) => (
        <li key={each}>
          <SafeText text={each} clip={false} />
        </li>
      ))}
    </ul>
  );
}
