"use client";

import { useState } from "react";
import type { AccessPrincipal } from "#lib/principals/schema";
import { ChangePrincipalDialog } from "@/components/access/change-principal-dialog";
import { accessKey, accessPaths } from "@/components/access/queries";
import { useDeed } from "@/components/query/use-deed";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { buttonClasses } from "@/components/ui/button";
import { formatPlural } from "@/components/ui/format-bytes";
import { Menu } from "@/components/ui/menu";

/** Describe, hand over, disable, end: for who answers for it and who may write access. */
export function PrincipalDeeds({ principal }: { principal: AccessPrincipal }) {
  const [asking, setAsking] = useState<"change" | "disable" | "delete" | null>(null);
  const path = accessPaths.principal(principal.id);
  const invalidates = [[...accessKey]];
  const onDone = () => setAsking(null);
  const change = useDeed<{ disabled: boolean }>({
    request: (body) => ({ path, method: "PATCH", body }),
    invalidates,
    done: (_, { disabled }) => ({
      title: disabled ? `${principal.name} is refused from now on` : `${principal.name} may sign in again`,
    }),
    onDone,
  });
  const end = useDeed<void>({
    request: () => ({ path, method: "DELETE" }),
    invalidates,
    done: () => ({ title: `${principal.name} is gone, with its grants and secrets` }),
    onDone,
  });
  const signsIn = principal.kind === "robot" || principal.kind === "workload";
  if (!principal.allowed.change || principal.state === "deleted" || principal.kind === "built-in")
    return null;
  const close = () => {
    change.reset();
    end.reset();
    setAsking(null);
  };
  return (
    <>
      <Menu
        label="More deeds"
        className={buttonClasses()}
        align="end"
        items={[
          {
            key: "change",
            label: signsIn ? "Describe or hand over" : "Describe",
            onSelect: () => setAsking("change"),
          },
          ...(signsIn
            ? [
                principal.state === "disabled"
                  ? { key: "enable", label: "Enable", onSelect: () => change.mutate({ disabled: false }) }
                  : { key: "disable", label: "Disable", onSelect: () => setAsking("disable") },
              ]
            : []),
          ...(principal.kind === "user"
            ? []
            : [{ key: "delete", label: "Delete", onSelect: () => setAsking("delete") }]),
        ]}
      >
        More
      </Menu>
      <ChangePrincipalDialog open={asking === "change"} onClose={close} principal={principal} />
      <ConfirmDialog
        open={asking === "disable"}
        onClose={close}
        title={`Disable ${principal.name}?`}
        deed="Disable it"
        busy={change.isPending}
        error={change.error}
        onConfirm={() => change.mutate({ disabled: true })}
      >
        Every secret and trust rule of it is refused from the next sign-in on; a token already given out can
        live 6 minutes. Nothing is deleted, and you can enable it again.
      </ConfirmDialog>
      <ConfirmDialog
        open={asking === "delete"}
        onClose={close}
        title={`Delete ${principal.name}?`}
        deed={`Delete the ${principal.kind}`}
        busy={end.isPending}
        error={end.error}
        onConfirm={() => end.mutate()}
      >
        Its {formatPlural(principal.grantCount, "grant")}, {formatPlural(principal.secretCount, "secret")} and{" "}
        {formatPlural(principal.trustRuleCount, "trust rule")} end with it. This cannot be undone, and nobody
        gets the name {principal.name} again.
      </ConfirmDialog>
    </>
  );
}
