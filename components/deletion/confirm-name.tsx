"use client";

import { escapeText } from "@/components/ui/escape-text";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

/** Protected repositories ask for their name, letter by letter. */
export function ConfirmName({
  name,
  value,
  error,
  onChange,
}: {
  name: string;
  value: string;
  error?: string;
  onChange: (value: string) => void;
}) {
  return (
    <div className="mt-4 border-t border-line pt-3.5">
      <Field
        label={
          <>
            This repository is protected. Type <code className="select-all">{escapeText(name)}</code> to go on
          </>
        }
        error={error}
      >
        {(control) => (
          <Input
            {...control}
            value={value}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
      </Field>
    </div>
  );
}
