"use client";

import { type FormEvent, useState } from "react";
import type { AlertRule, WrittenAlertRule } from "#lib/alerts/schema";
import { alertRulesKey } from "@/components/alerts/queries";
import { emptyDraft, previewRule, type RuleDraft, toBody, toDraft } from "@/components/alerts/rule-draft";
import { ChannelFields, ConditionFields } from "@/components/alerts/rule-fields";
import { ApiError, describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { SecretOnce } from "@/components/settings/secret-once";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormFoot } from "@/components/ui/form-foot";
import { Input } from "@/components/ui/input";
import { SafeText } from "@/components/ui/safe-text";

/** Makes a rule, or changes one. The sentence below the form says what it will do. */
export function RuleDialog({
  rule,
  registries,
  onClose,
}: {
  /** Null makes a new one. */
  rule: AlertRule | null;
  registries: readonly { slug: string; name: string }[];
  onClose: () => void;
}) {
  const [draft, setDraft] = useState<RuleDraft>(() => (rule ? toDraft(rule) : emptyDraft));
  const change = (part: Partial<RuleDraft>) => setDraft((before) => ({ ...before, ...part }));
  const write = useDeed<ReturnType<typeof toBody>, WrittenAlertRule>({
    request: (body) =>
      rule
        ? { path: `/api/v1/alert-rules/${rule.id}`, method: "PATCH", body }
        : { path: "/api/v1/alert-rules", method: "POST", body },
    invalidates: [[...alertRulesKey]],
    done: (written) => (written.secret === null ? { tone: "good", title: "The rule stands" } : null),
    onDone: (written) => {
      if (written.secret === null) onClose();
    },
  });
  const error = write.error instanceof ApiError ? write.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    write.mutate(toBody(draft));
  };
  if (write.data?.secret)
    return (
      <Dialog
        open
        onClose={onClose}
        title="The rule stands"
        footer={
          <Button variant="primary" onClick={onClose}>
            I have copied it
          </Button>
        }
      >
        <SecretOnce
          label={`Signing secret of ${write.data.rule.channel.name}`}
          secret={write.data.secret}
          kept="It is stored sealed and is not shown again. The receiver checks signatures with it."
        />
      </Dialog>
    );
  const known = rule && rule.channel.kind === draft.channel ? rule.channel.target : null;
  return (
    <Dialog open onClose={onClose} title={rule ? "Change the rule" : "New rule"}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <ConditionFields draft={draft} change={change} error={error} registries={registries} />
        <ChannelFields draft={draft} change={change} error={error} known={known} />
        <Field
          label="Cool-down in minutes"
          hint="So long after a notice there is no second one about the same thing."
          error={error?.fieldProblem("coolDownMinutes")}
        >
          {(control) => (
            <Input
              {...control}
              required
              type="number"
              min={0}
              max={10_080}
              className="sm:max-w-40"
              value={draft.coolDown}
              onChange={(event) => change({ coolDown: event.target.value })}
            />
          )}
        </Field>
        <p
          aria-live="polite"
          className="rounded-card border border-line bg-sunken/50 px-3.5 py-2.5 font-medium [overflow-wrap:anywhere]"
        >
          <SafeText text={previewRule(draft)} clip={false} />.
        </p>
        <FormFoot
          problem={write.error ? describeError(write.error) : null}
          busy={write.isPending}
          onCancel={onClose}
        >
          {rule ? "Change the rule" : "Make the rule"}
        </FormFoot>
      </form>
    </Dialog>
  );
}
