"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { AccessPrincipal, TrustRule } from "#lib/principals/schema";
import type { RegistryChoice } from "@/components/access/access-rights";
import { NewTrustRuleDialog } from "@/components/access/new-trust-rule-dialog";
import { prepareTrustRecipe } from "@/components/access/prepare-trust-presets";
import { accessKey, accessPaths, trustRulesQuery } from "@/components/access/queries";
import { describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfigText } from "@/components/ui/config-text";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { RelativeTime } from "@/components/ui/relative-time";
import { SafeText } from "@/components/ui/safe-text";
import { SkeletonRows } from "@/components/ui/skeleton";

/** Tokens of an identity provider that stand for the principal, so that no secret is stored anywhere. */
export function TrustRulesCard({
  principal,
  registries,
}: {
  principal: AccessPrincipal;
  registries: RegistryChoice[];
}) {
  const mayWrite = principal.allowed.secrets && principal.state !== "deleted";
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<TrustRule | null>(null);
  const query = useQuery(trustRulesQuery(principal.id));
  const end = useDeed<string>({
    request: (id) => ({
      path: `${accessPaths.principal(principal.id)}/trust-rules/${encodeURIComponent(id)}`,
      method: "DELETE",
    }),
    invalidates: [[...accessKey]],
    done: () => ({ title: "These tokens are trusted no longer" }),
    onDone: () => setEnding(null),
  });
  const rules = query.data?.items ?? [];
  return (
    <Card
      title="Trust rules"
      detail="tokens that stand for it, without a stored secret"
      actions={
        mayWrite ? (
          <Button variant="primary" onClick={() => setMaking(true)}>
            Add a trust rule
          </Button>
        ) : null
      }
    >
      {query.isPending ? (
        <SkeletonRows rows={2} />
      ) : query.isError && !query.data ? (
        <ErrorState title="The trust rules did not come" onRetry={() => void query.refetch()}>
          {describeError(query.error)}
        </ErrorState>
      ) : rules.length === 0 ? (
        <EmptyState title="No trust rule yet">
          A job on GitHub, GitLab or Kubernetes can prove who it is with a token of a few minutes. A rule says
          which of those tokens stand for {principal.name}; then nothing has to be stored or rotated.
        </EmptyState>
      ) : (
        <ul className="divide-y divide-line">
          {rules.map((rule) => (
            <li key={rule.id} className="flex flex-col gap-2 px-3.5 py-3">
              <div className="flex flex-wrap items-start gap-x-3 gap-y-1">
                <p className="min-w-0 flex-1 basis-64">
                  <SafeText text={rule.subjectPattern} mono clip={false} className="font-medium" />
                  <span className="text-muted">
                    {" "}
                    from <SafeText text={rule.issuer} mono clip={false} /> for{" "}
                    <SafeText text={rule.audience} mono clip={false} />
                  </span>
                </p>
                <span className="text-small text-faint">
                  last used <RelativeTime at={rule.lastUsedAt} />
                </span>
                {mayWrite ? (
                  <Button size="small" variant="ghost" onClick={() => setEnding(rule)}>
                    Remove
                  </Button>
                ) : null}
              </div>
              {Object.keys(rule.claims).length > 0 ? (
                <p className="text-small text-muted">
                  and{" "}
                  {Object.entries(rule.claims)
                    .map(([name, value]) => `${name} is ${value}`)
                    .join(", ")}
                </p>
              ) : null}
              <HowTo rule={rule} username={principal.name} host={registries[0]?.host} />
            </li>
          ))}
        </ul>
      )}
      <NewTrustRuleDialog
        open={making}
        onClose={() => setMaking(false)}
        principalId={principal.id}
        principalName={principal.name}
      />
      <ConfirmDialog
        open={ending !== null}
        onClose={() => {
          end.reset();
          setEnding(null);
        }}
        title="Remove this trust rule?"
        deed="Trust them no longer"
        busy={end.isPending}
        error={end.error}
        onConfirm={() => ending && end.mutate(ending.id)}
      >
        Tokens of <SafeText text={ending?.subjectPattern ?? ""} mono clip={false} /> no longer stand for{" "}
        {principal.name}. Jobs that rely on it are refused from the next sign-in on.
      </ConfirmDialog>
    </Card>
  );
}

function HowTo({ rule, username, host }: { rule: TrustRule; username: string; host: string | undefined }) {
  if (host === undefined) return null;
  const recipe = prepareTrustRecipe({ issuer: rule.issuer, audience: rule.audience, host, username });
  return (
    <details>
      <summary className="text-small text-accent">How a job signs in: {recipe.label}</summary>
      <p className="py-1.5 text-small text-muted">{recipe.about}</p>
      <ConfigText text={recipe.text} label={`Copy for ${recipe.label}`} />
    </details>
  );
}
