import CircleAlert from "lucide-react/icons/circle-alert";
import Info from "lucide-react/icons/info";
import TriangleAlert from "lucide-react/icons/triangle-alert";
import type { Need } from "#lib/home/schema";
import { ButtonLink } from "@/components/ui/button";
import { RelativeTime } from "@/components/ui/relative-time";

const signs = {
  danger: { icon: CircleAlert, colour: "text-danger", word: "Urgent" },
  warn: { icon: TriangleAlert, colour: "text-warn", word: "Warning" },
  hint: { icon: Info, colour: "text-info", word: "Hint" },
};

const steps: Record<Need["kind"], string> = {
  "failing-pulls": "See what fails",
  "enforcement-suspended": "Open enforcement",
  "registry-failing": "Test the connection",
  "sync-failed": "Open the sync",
  "sync-incomplete": "Open the sync",
  "never-synced": "Start the first sync",
  stale: "Open the sync",
  "no-notifications": "Turn them on",
  "unreadable-notifications": "Look at them",
  "secret-expiring": "Renew it",
  "owner-disabled": "Name an owner",
  "access-requests": "Decide",
};

function placeOf({ kind, registry, principal }: Need): string {
  if (registry !== null)
    return `/registries/${encodeURIComponent(registry)}${kind === "enforcement-suspended" ? "?tab=enforcement" : ""}`;
  if (kind === "failing-pulls") return "/failures";
  if (kind === "owner-disabled" && principal === null) return "/access/principals?state=live&owner=disabled";
  if (kind === "access-requests" || principal === null) return "/access/requests";
  // A person renews their own under their settings, and nobody else can.
  return principal.kind === "user" ? "/settings/account" : `/access/principals/${principal.id}`;
}

function stepOf(need: Need, mayManage: boolean): string {
  return need.registry === null || mayManage ? steps[need.kind] : "Open the registry";
}

export function NeedList({ needs, mayManage }: { needs: Need[]; mayManage: boolean }) {
  return (
    <ul className="divide-y divide-line">
      {needs.map((need) => {
        const { icon: Icon, colour, word } = signs[need.severity];
        return (
          <li
            key={`${need.kind} ${need.registry} ${need.principal?.id} ${need.title}`}
            className="flex flex-wrap items-start gap-x-3 gap-y-2 px-3.5 py-2.5"
          >
            <Icon aria-label={word} role="img" className={`mt-0.5 size-4 shrink-0 ${colour}`} />
            <div className="min-w-0 flex-1 basis-64">
              <p>
                <span className="font-semibold">{need.title}</span>
                {need.since ? (
                  <span className="text-faint">
                    {" "}
                    · <RelativeTime at={need.since} />
                  </span>
                ) : null}
              </p>
              <p className="text-muted [overflow-wrap:anywhere]">{need.detail}</p>
            </div>
            <ButtonLink size="small" prefetch={false} href={placeOf(need)}>
              {stepOf(need, mayManage)}
            </ButtonLink>
          </li>
        );
      })}
    </ul>
  );
}
