import Link from "next/link";
import type { AccessGrant } from "#lib/grants/schema";
import { grantHref } from "@/components/access/grant-draft";
import { GrantSentence } from "@/components/access/grant-sentence";
import { classNames } from "@/components/ui/class-names";
import { formatCount } from "@/components/ui/format-bytes";
import { Pill, type Tone } from "@/components/ui/pill";
import { RelativeTime } from "@/components/ui/relative-time";
import { Cell, HeadCell, NumberCell, Row, Table } from "@/components/ui/table";

export const grantStateTones: Record<AccessGrant["state"], Tone> = {
  live: "good",
  expired: "warn",
  revoked: "plain",
};

/** Grants as sentences, each with its last use, how often, and when it ends. */
export function GrantTable({
  grants,
  withoutWho = false,
  stale = false,
}: {
  grants: AccessGrant[];
  withoutWho?: boolean;
  stale?: boolean;
}) {
  return (
    <div className={classNames(stale && "stale-content")}>
      <Table label="Grants">
        <thead>
          <tr>
            <HeadCell>Grant</HeadCell>
            <HeadCell className="hidden text-right sm:table-cell">Last used</HeadCell>
            <HeadCell className="hidden text-right md:table-cell">Uses</HeadCell>
            <HeadCell className="hidden text-right md:table-cell">Ends</HeadCell>
            <HeadCell className="hidden lg:table-cell">Written</HeadCell>
          </tr>
        </thead>
        <tbody>
          {grants.map((grant, index) => (
            <Row key={grant.id} data-row={index} className="focus-within:bg-accent-soft">
              <Cell className="py-2">
                <span className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
                  <Link
                    href={grantHref(grant.id)}
                    prefetch={false}
                    data-row-link=""
                    className="min-w-0 rounded-[5px] hover:underline"
                  >
                    <GrantSentence {...grant} withoutWho={withoutWho} expiresAt={null} />
                  </Link>
                  {grant.state === "live" ? null : (
                    <Pill tone={grantStateTones[grant.state]}>{grant.state}</Pill>
                  )}
                </span>
                <span className="text-small text-faint sm:hidden">
                  used <RelativeTime at={grant.lastUsedAt} className="" />
                  {grant.expiresAt ? (
                    <>
                      {" "}
                      · ends <RelativeTime at={grant.expiresAt} />
                    </>
                  ) : null}
                </span>
              </Cell>
              <Cell className="hidden text-right whitespace-nowrap text-muted sm:table-cell">
                <RelativeTime at={grant.lastUsedAt} />
              </Cell>
              <NumberCell className="hidden md:table-cell">
                {grant.useCount === 0 ? (
                  <span className="text-faint">none</span>
                ) : (
                  formatCount(grant.useCount)
                )}
              </NumberCell>
              <Cell className="hidden text-right whitespace-nowrap text-muted md:table-cell">
                <RelativeTime at={grant.expiresAt} />
              </Cell>
              <Cell className="hidden whitespace-nowrap text-muted lg:table-cell">
                <RelativeTime at={grant.createdAt} /> by {grant.createdBy}
              </Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </div>
  );
}
