"use client";

import { channelKinds, conditionKinds } from "#lib/alerts/schema";
import { channelWords, conditionWords } from "@/components/alerts/alert-words";
import type { RuleDraft } from "@/components/alerts/rule-draft";
import type { ApiError } from "@/components/query/api-error";
import { CheckboxLine } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { RegistrySelect } from "@/components/ui/registry-select";
import { Select } from "@/components/ui/select";

interface FieldsProps {
  draft: RuleDraft;
  change: (part: Partial<RuleDraft>) => void;
  error: ApiError | null;
}

/** When somebody is told. */
export function ConditionFields({
  draft,
  change,
  error,
  registries,
}: FieldsProps & { registries: readonly { slug: string; name: string }[] }) {
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label="When">
        {(control) => (
          <Select
            {...control}
            value={draft.kind}
            onChange={(event) => {
              const kind = conditionKinds.find((one) => one === event.target.value);
              if (kind) change({ kind });
            }}
          >
            {conditionKinds.map((kind) => (
              <option key={kind} value={kind}>
                {conditionWords[kind]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="Registry" error={error?.fieldProblem("condition.registry")}>
        {(control) => (
          <RegistrySelect
            {...control}
            registries={registries}
            every
            value={draft.registry}
            onSlug={(registry) => change({ registry })}
          />
        )}
      </Field>
      {draft.kind === "failure-rate" ? <RateFields draft={draft} change={change} error={error} /> : null}
    </div>
  );
}

function RateFields({ draft, change, error }: FieldsProps) {
  return (
    <>
      <Field label="More than how many pulls" error={error?.fieldProblem("condition.moreThan")}>
        {(control) => (
          <Input
            {...control}
            required
            type="number"
            min={0}
            max={1_000_000}
            value={draft.moreThan}
            onChange={(event) => change({ moreThan: event.target.value })}
          />
        )}
      </Field>
      <Field label="In how many minutes" error={error?.fieldProblem("condition.minutes")}>
        {(control) => (
          <Input
            {...control}
            required
            type="number"
            min={1}
            max={1440}
            value={draft.minutes}
            onChange={(event) => change({ minutes: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="Repositories"
        optional
        hint="payments/api, payments/* or payments/**"
        error={error?.fieldProblem("condition.pattern")}
      >
        {(control) => (
          <Input
            {...control}
            className="font-mono"
            placeholder="all"
            spellCheck={false}
            value={draft.pattern}
            onChange={(event) => change({ pattern: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}

/** Who is told, and how. `known` is the address that a rule has already, as far as it is shown. */
export function ChannelFields({ draft, change, error, known }: FieldsProps & { known: string | null }) {
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label="Who is told" hint="A name for the receiver." error={error?.fieldProblem("channel.name")}>
        {(control) => (
          <Input
            {...control}
            required
            maxLength={100}
            placeholder="ops-hook"
            value={draft.name}
            onChange={(event) => change({ name: event.target.value })}
          />
        )}
      </Field>
      <Field label="How" error={error?.fieldProblem("channel.kind")}>
        {(control) => (
          <Select
            {...control}
            value={draft.channel}
            onChange={(event) => {
              const channel = channelKinds.find((one) => one === event.target.value);
              if (channel) change({ channel });
            }}
          >
            {channelKinds.map((kind) => (
              <option key={kind} value={kind}>
                {channelWords[kind]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <div className="sm:col-span-2">
        {draft.channel === "email" ? (
          <RecipientsField draft={draft} change={change} error={error} />
        ) : (
          <AddressField draft={draft} change={change} error={error} known={known} />
        )}
      </div>
      {draft.channel === "webhook" && known !== null ? (
        <div className="sm:col-span-2">
          <CheckboxLine
            checked={draft.newSecret}
            onChange={(event) => change({ newSecret: event.target.checked })}
          >
            Make a new signing secret; the one before ends at once
          </CheckboxLine>
        </div>
      ) : null}
    </div>
  );
}

function AddressField({ draft, change, error, known }: FieldsProps & { known: string | null }) {
  return (
    <Field
      label="Address"
      optional={known !== null}
      hint={
        known === null
          ? "It is kept sealed, and only its host is shown afterwards."
          : `Leave it empty to keep ${known}`
      }
      error={error?.fieldProblem("channel.url")}
    >
      {(control) => (
        <Input
          {...control}
          required={known === null}
          type="url"
          className="font-mono"
          autoComplete="off"
          spellCheck={false}
          placeholder="https://hooks.example.com/…"
          value={draft.url}
          onChange={(event) => change({ url: event.target.value })}
        />
      )}
    </Field>
  );
}

function RecipientsField({ draft, change, error }: FieldsProps) {
  const problem = error?.fields.find(({ field }) => field.startsWith("channel.to"))?.message;
  return (
    <Field label="To" hint="One or more addresses, with commas between them." error={problem}>
      {(control) => (
        <Input
          {...control}
          required
          autoComplete="off"
          spellCheck={false}
          value={draft.to}
          onChange={(event) => change({ to: event.target.value })}
        />
      )}
    </Field>
  );
}
