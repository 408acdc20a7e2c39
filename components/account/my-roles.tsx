import type { Me } from "#lib/people/schema";
import { describePlace } from "@/components/settings/describe-place";
import { Card, Facts } from "@/components/ui/card";

/** Who one is here, and what one may do. */
export function MyRoles({ me }: { me: Me }) {
  return (
    <Card title={me.displayName} detail={me.name}>
      <Facts
        facts={[
          {
            label: "Roles",
            value:
              me.roles.length === 0
                ? "none yet: ask an admin for one"
                : me.roles.map((role) => `${role.role} ${describePlace(role)}`).join(", "),
          },
          {
            label: "Permissions",
            value: (
              <span className="font-mono text-muted">
                {me.permissions.map((each) => each.permission).join(", ") || "none"}
              </span>
            ),
          },
        ]}
      />
    </Card>
  );
}
