import type { ReactNode } from "react";
import type { MyAccess } from "#lib/grants/schema";
import { describeActions } from "@/components/access/describe-actions";
import { Reasons } from "@/components/access/repository-access";
import { Day } from "@/components/ui/day";
import { RelativeTime } from "@/components/ui/relative-time";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";

type Reach = Omit<MyAccess["items"][number], "registry" | "pattern">;

/** Where somebody may do what, through which grants, until when. */
export function ReachTable({ label, may, children }: { label: string; may: string; children: ReactNode }) {
  return (
    <Table label={label}>
      <thead>
        <tr>
          <HeadCell>Repositories</HeadCell>
          <HeadCell>{may}</HeadCell>
          <HeadCell className="hidden sm:table-cell">Through</HeadCell>
          <HeadCell className="hidden text-right md:table-cell">Ends</HeadCell>
          <HeadCell className="hidden text-right md:table-cell">Last used</HeadCell>
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </Table>
  );
}

/** One row of it; the children name the repositories. */
export function ReachRow({
  item,
  isCatalog = false,
  children,
}: {
  item: Reach;
  /** The list of all repositories is not pulled but listed. */
  isCatalog?: boolean;
  children: ReactNode;
}) {
  return (
    <Row>
      <Cell className="max-w-48 sm:max-w-sm">
        <span className="[overflow-wrap:anywhere]">{children}</span>
      </Cell>
      <Cell className={item.actions.includes("push") ? "font-medium text-accent" : ""}>
        {isCatalog ? "list" : describeActions(item.actions)}
        {item.withheld.length > 0 ? (
          <span className="block text-small font-normal text-faint">
            not {item.withheld.join(" or ")} where protected
          </span>
        ) : null}
      </Cell>
      <Cell className="hidden max-w-md sm:table-cell">
        <Reasons because={item.because} />
      </Cell>
      <Cell className="hidden text-right text-muted md:table-cell">
        {item.expiresAt ? <Day at={item.expiresAt} /> : <span className="text-faint">never</span>}
      </Cell>
      <Cell className="hidden text-right text-muted md:table-cell">
        <RelativeTime at={item.lastUsedAt} />
      </Cell>
    </Row>
  );
}
