"use client";

import type { AccessMatrix } from "#lib/grants/schema";
import { type MatrixView, matrixHref } from "@/components/access/matrix-view";
import { prepareMatrixCell, type ShownCell } from "@/components/access/prepare-matrix-cell";
import { PrincipalName } from "@/components/access/principal-name";
import { kindWords } from "@/components/access/principal-reference";
import { classNames } from "@/components/ui/class-names";
import { Day } from "@/components/ui/day";
import { formatCount, formatPlural } from "@/components/ui/format-bytes";
import { Pill } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { ViewLink } from "@/components/ui/view-link";

type Column = AccessMatrix["columns"][number];

export function MatrixTable({
  view,
  columns,
  rows,
  stale,
  nextColumn,
  columnCount,
}: {
  view: MatrixView;
  columns: Column[];
  rows: AccessMatrix["rows"];
  stale: boolean;
  /** Where the next columns begin; null when these are the last. */
  nextColumn: string | null;
  columnCount: number;
}) {
  return (
    <>
      <section aria-label="Access by principal and folder" className="relative overflow-x-auto">
        <table
          aria-busy={stale}
          className={classNames("w-full border-collapse text-left", stale && "stale-content")}
        >
          <thead>
            <tr className="align-bottom">
              <th
                scope="col"
                className="sticky left-0 z-10 h-10 border-b border-line bg-surface px-3 py-1.5 text-small font-medium text-faint"
              >
                Principal
              </th>
              {columns.map((column) => (
                <ColumnHead key={column.path} column={column} view={view} />
              ))}
              <th
                scope="col"
                className="border-b border-line px-3 py-1.5 text-right text-small font-medium text-faint"
              >
                Used
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr
                key={row.principal.id}
                data-row={index}
                className={classNames(
                  "group h-9 border-b border-line last:border-b-0",
                  row.principal.id === view.principal
                    ? "bg-accent-soft"
                    : "focus-within:bg-sunken hover:bg-sunken",
                )}
              >
                <th
                  scope="row"
                  className={classNames(
                    "sticky left-0 z-10 max-w-32 px-3 font-normal sm:max-w-64",
                    row.principal.id === view.principal
                      ? "bg-accent-soft"
                      : "bg-surface group-focus-within:bg-sunken group-hover:bg-sunken",
                  )}
                >
                  <span className="flex items-center gap-1.5">
                    <PrincipalName principal={row.principal} link rowLink narrow />
                    {row.disabled ? <Pill tone="warn">disabled</Pill> : null}
                  </span>
                </th>
                {columns.map((column, at) => {
                  const cell = row.cells[at];
                  return (
                    <td key={column.path} className="px-1 text-center">
                      {cell ? (
                        <Cell
                          shown={prepareMatrixCell(
                            cell,
                            `${kindWords[row.principal.kind]} ${row.principal.name}`,
                            column.path,
                          )}
                          expiresAt={cell.expiresAt}
                          open={row.principal.id === view.principal && column.path === view.column}
                          href={matrixHref(view, { principal: row.principal.id, column: column.path })}
                        />
                      ) : null}
                    </td>
                  );
                })}
                <td className="px-3 text-right text-muted">
                  <RelativeTime at={row.lastUsedAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {columnCount > columns.length ? (
        <p className="flex flex-wrap items-center gap-x-3 border-t border-line px-3.5 py-2 text-small text-faint">
          {formatCount(columns.length)} of {formatCount(columnCount)} columns are shown.
          {view.after === "" ? null : (
            <ViewLink href={matrixHref(view, { after: "" })} className="text-accent hover:underline">
              The first ones
            </ViewLink>
          )}
          {nextColumn === null ? null : (
            <ViewLink href={matrixHref(view, { after: nextColumn })} className="text-accent hover:underline">
              The next ones
            </ViewLink>
          )}
        </p>
      ) : null}
    </>
  );
}

function ColumnHead({ column, view }: { column: Column; view: MatrixView }) {
  const label = column.path.slice(view.prefix === "" ? 0 : view.prefix.length + 1);
  const isFolder = !column.isRepository || column.repositoryCount > 1;
  const { protectedCount, repositoryCount } = column;
  return (
    <th scope="col" className="border-b border-line px-1.5 py-1.5 text-center text-small font-medium">
      <span className="flex flex-col items-center gap-0.5">
        {protectedCount > 0 ? (
          <Pill
            title={`${protectedCount} of ${formatPlural(repositoryCount, "repository", "repositories")} protected: only named principals push and delete there`}
          >
            {protectedCount === repositoryCount ? "protected" : "part protected"}
          </Pill>
        ) : null}
        {isFolder ? (
          <ViewLink
            href={matrixHref(view, { prefix: column.path, after: "", principal: "", column: "" })}
            title={`${column.path}/: ${formatPlural(repositoryCount, "repository", "repositories")}. Open it.`}
            className="block max-w-32 truncate rounded-[5px] font-mono text-accent hover:underline"
          >
            {label}/
          </ViewLink>
        ) : (
          <span title={column.path} className="block max-w-32 truncate font-mono text-muted">
            {label}
          </span>
        )}
      </span>
    </th>
  );
}

const tones: Record<ShownCell["tone"], string> = {
  none: "text-faint",
  quiet: "bg-sunken text-muted",
  loud: "bg-accent-soft text-accent font-medium",
  danger: "bg-danger-soft text-danger font-medium",
};

function Cell({
  shown,
  expiresAt,
  open,
  href,
}: {
  shown: ShownCell;
  expiresAt: string | null;
  open: boolean;
  href: string;
}) {
  return (
    <ViewLink
      href={href}
      title={shown.title}
      aria-label={shown.title}
      aria-current={open ? "true" : undefined}
      className={classNames(
        "inline-flex h-6 min-w-8 items-center justify-center gap-1 rounded-[5px] px-1.5 text-small whitespace-nowrap hover:ring-1 hover:ring-line-strong",
        tones[shown.tone],
        open && "ring-1 ring-accent",
      )}
    >
      {shown.tone === "danger" ? <span aria-hidden="true">!</span> : null}
      {shown.partial ? <span aria-hidden="true">◐</span> : null}
      {shown.word}
      {expiresAt ? (
        <span className="font-normal">
          · to <Day at={expiresAt} />
        </span>
      ) : null}
    </ViewLink>
  );
}
