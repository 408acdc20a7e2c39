import type { ReactNode } from "react";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";

const lifetimes = [
  { days: 30, label: "30 days" },
  { days: 90, label: "90 days" },
  { days: 365, label: "a year" },
  { days: 0, label: "never" },
];

/** For how many days a secret lives; 0 is without an end. */
export function LifetimeField({
  days,
  onDays,
  hint,
  error,
}: {
  days: number;
  onDays: (days: number) => void;
  hint?: ReactNode;
  error?: ReactNode;
}) {
  return (
    <Field label="Ends after" hint={days === 0 ? undefined : hint} error={error}>
      {(control) => (
        <Select {...control} value={days} onChange={(event) => onDays(Number(event.target.value))}>
          {lifetimes.map((each) => (
            <option key={each.days} value={each.days}>
              {each.label}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}

/** When a secret made now ends, in ISO 8601; null without an end. */
export function endOf(days: number): string | null {
  return days === 0 ? null : new Date(Date.now() + days * 86_400_000).toISOString();
}
