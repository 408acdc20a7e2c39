"use client";

import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useRef, useState } from "react";
import { prepareSuggestions, type Suggestion } from "@/components/compare/prepare-suggestions";
import { suggestionsQuery } from "@/components/compare/queries";
import { classNames } from "@/components/ui/class-names";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SafeText } from "@/components/ui/safe-text";

const pause = 150;

/** A field for one full reference, with what the inventory knows as suggestions. */
export function ReferenceField({
  label,
  name,
  value,
  error,
  onChange,
}: {
  label: string;
  name: string;
  value: string;
  error?: string;
  onChange: (value: string) => void;
}) {
  const listId = useId();
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const asked = usePaused(useDeferredValue(value));
  const { data } = useQuery({ ...suggestionsQuery(asked), enabled: open && asked.trim().length > 1 });
  const suggestions =
    open && data ? prepareSuggestions(data.items).filter((each) => each.value !== value) : [];
  const shown = suggestions.length > 0;
  const input = useRef<HTMLInputElement>(null);

  const choose = (suggestion: Suggestion) => {
    onChange(suggestion.value);
    setActive(-1);
    setOpen(!suggestion.whole);
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      const count = suggestions.length;
      if (count > 0)
        setActive((before) => (before + step + count + (before === -1 && step === -1 ? 1 : 0)) % count);
    }
    if (event.key === "Escape" && shown) {
      event.preventDefault();
      setOpen(false);
    }
    const chosen = suggestions[active];
    if (event.key === "Enter" && chosen) {
      event.preventDefault();
      choose(chosen);
    }
  };
  return (
    <Field label={label} error={error}>
      {(control) => (
        <div className="relative">
          <Input
            {...control}
            ref={input}
            name={name}
            value={value}
            role="combobox"
            aria-expanded={shown}
            aria-controls={listId}
            aria-autocomplete="list"
            aria-activedescendant={shown && active >= 0 ? `${listId}-${active}` : undefined}
            placeholder="registry/team/api:v1.4"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            maxLength={800}
            className="font-mono sm:text-[12px]"
            onChange={(event) => {
              onChange(event.target.value);
              setActive(-1);
              setOpen(true);
            }}
            onKeyDown={onKeyDown}
            onBlur={() => setOpen(false)}
          />
          <div
            id={listId}
            role="listbox"
            aria-label={`Suggestions for ${label}`}
            className={classNames(
              "floating appear absolute inset-x-0 top-full z-20 mt-1 max-h-72 overflow-y-auto rounded-card p-1",
              !shown && "hidden",
            )}
          >
            {suggestions.map((suggestion, index) => (
              <div
                key={suggestion.value}
                id={`${listId}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === active}
                // Before the blur of the field, which closes the list.
                onPointerDown={(event) => {
                  event.preventDefault();
                  choose(suggestion);
                }}
                className={classNames(
                  "flex min-h-8 cursor-default items-center gap-3 rounded-[5px] px-2.5",
                  index === active ? "bg-sunken" : "hover:bg-sunken/60",
                )}
              >
                <span className="min-w-0 flex-1">
                  <SafeText text={suggestion.value} mono />
                </span>
                <span className="text-small text-faint">{suggestion.hint}</span>
              </div>
            ))}
          </div>
        </div>
      )}
    </Field>
  );
}

function usePaused(value: string): string {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), pause);
    return () => clearTimeout(timer);
  }, [value]);
  return paused;
}
