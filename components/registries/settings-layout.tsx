"use client";

import type { ReactNode, RefObject } from "react";
import { ConnectionTest } from "@/components/registries/connection-test";
import type { RegistryDraft } from "@/components/registries/registry-draft";
import { TestRemedies } from "@/components/registries/test-remedies";
import type { useConnectionTest } from "@/components/registries/use-connection-test";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";

/**
 * A form at the left, the test of what stands in it at the right, and what sends the form off below it. On small
 * screens they follow one another, so that the test comes before the button that saves.
 */
export function SettingsLayout({
  id,
  formRef,
  onSubmit,
  draft,
  change,
  test,
  onTest,
  mayAllow,
  footer,
  children,
}: {
  id: string;
  formRef: RefObject<HTMLFormElement | null>;
  onSubmit: () => void;
  draft: RegistryDraft;
  change: (part: Partial<RegistryDraft>) => void;
  test: ReturnType<typeof useConnectionTest>;
  onTest: (draft: RegistryDraft) => void;
  mayAllow: boolean;
  footer: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_25rem] xl:grid-rows-[auto_1fr]">
      <form
        ref={formRef}
        id={id}
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
        className="min-w-0 rounded-card border border-line bg-surface"
      >
        {children}
      </form>
      <Card
        title="Test"
        detail="changes nothing there"
        className="xl:sticky xl:top-16 xl:row-span-2"
        actions={
          <Button
            size="small"
            busy={test.busy}
            disabled={draft.url.trim() === ""}
            onClick={() => onTest(draft)}
          >
            Test the connection
          </Button>
        }
      >
        <ConnectionTest
          result={test.result}
          busy={test.busy}
          error={test.error}
          outdated={test.outdated}
          remedies={
            test.result && !test.outdated ? (
              <TestRemedies
                result={test.result}
                mayAllow={mayAllow}
                onAllowed={() => onTest(draft)}
                onConfirmRealm={(pinnedRealm) => {
                  change({ pinnedRealm });
                  onTest({ ...draft, pinnedRealm });
                }}
              />
            ) : null
          }
        />
      </Card>
      <div className="flex flex-wrap items-center gap-2">{footer}</div>
    </div>
  );
}
