"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Search from "lucide-react/icons/search";
import { useRouter } from "next/navigation";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import type { SearchResult } from "#lib/search/schema";
import { describeError } from "@/components/query/api-error";
import { fetchJson } from "@/components/query/fetch-json";
import { useUserId } from "@/components/query/user-id";
import { PaletteOption } from "@/components/shell/palette-option";
import { type PaletteChoice, preparePaletteChoices } from "@/components/shell/prepare-palette-choices";
import { readRecent, rememberRecent } from "@/components/shell/recent-finds";
import { useDelayed } from "@/components/ui/use-delayed";

const pause = 100;

/** One field over registries, repositories, tags and digests; a pasted reference leads to its page. */
export function CommandPalette({ open, onClose }: { open: boolean; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (open && element && !element.open) element.showModal();
    if (!open && element?.open) element.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      aria-label="Find anything"
      onClose={onClose}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
      className="floating appear mx-auto mt-[12vh] mb-auto w-[min(40rem,calc(100vw-1.5rem))] overflow-hidden rounded-card p-0 text-ink backdrop:bg-shade"
    >
      {open ? <Palette onClose={onClose} /> : null}
    </dialog>
  );
}

function Palette({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  const userId = useUserId();
  const listId = useId();
  const [text, setText] = useState("");
  const asked = useDelayed(text.trim(), pause);
  const [chosen, setChosen] = useState(0);
  const query = useQuery({
    queryKey: ["search", asked],
    queryFn: ({ signal }) =>
      fetchJson<SearchResult>("/api/v1/search", { query: { q: asked, limit: 20 }, signal }),
    enabled: asked !== "",
    placeholderData: keepPreviousData,
  });
  const [recent] = useState(() => readRecent(userId));
  const choices = preparePaletteChoices(text.trim(), asked === "" ? null : (query.data ?? null), recent);
  const current = Math.min(chosen, choices.length - 1);

  const go = (choice: PaletteChoice) => {
    if (choice.hit) rememberRecent(userId, choice.hit);
    onClose();
    router.push(choice.href);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setChosen((current + step + choices.length) % Math.max(1, choices.length));
    }
    if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      const choice = choices[current];
      if (choice) go(choice);
    }
  };
  return (
    <>
      <div className="flex items-center gap-2.5 border-b border-line px-4">
        <Search aria-hidden="true" className="size-4 shrink-0 text-faint" />
        <input
          // The browser gives a modal dialog's focus to its first field.
          role="combobox"
          aria-label="Find a registry, repository, tag or digest"
          aria-expanded={choices.length > 0}
          aria-controls={listId}
          aria-activedescendant={current >= 0 ? `${listId}-${current}` : undefined}
          aria-autocomplete="list"
          placeholder="Name, reference, or the start of a digest"
          autoComplete="off"
          spellCheck={false}
          maxLength={800}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
          className="h-12 min-w-0 flex-1 bg-transparent text-[15px] outline-none max-sm:text-[16px]"
        />
      </div>
      <div
        id={listId}
        role="listbox"
        aria-label="Results"
        className="max-h-[min(26rem,60vh)] overflow-y-auto p-1.5"
      >
        {choices.map((choice, index) => (
          <PaletteOption
            key={choice.key}
            id={`${listId}-${index}`}
            choice={choice}
            chosen={index === current}
            onPoint={() => setChosen(index)}
            onGo={() => go(choice)}
          />
        ))}
      </div>
      <p role="status" className="border-t border-line px-4 py-2 text-small text-faint">
        {describePalette(text.trim(), query, choices.length)}
      </p>
    </>
  );
}

function describePalette(
  text: string,
  query: { isError: boolean; error: unknown; isFetching: boolean; data: SearchResult | undefined },
  count: number,
): string {
  if (text === "")
    return count > 0 ? "Opened lately. Type to search everything." : "Type to search everything.";
  if (query.isError) return describeError(query.error);
  if (query.isFetching && count === 0) return "Searching";
  if (count === 0) return "Nothing you may see has this name or digest.";
  if (query.data?.readAs === "reference") return "Read as a reference.";
  if (query.data?.readAs === "digest") return "Read as a digest.";
  return query.data?.more
    ? "There is more: type on to narrow it."
    : "↑ ↓ to choose, Enter to open, Esc to close.";
}
