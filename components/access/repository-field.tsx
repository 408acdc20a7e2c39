"use client";

import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { Page } from "#lib/http/page-schema";
import { fetchJson } from "@/components/query/fetch-json";
import { codeClasses, Input } from "@/components/ui/input";
import { useDelayed } from "@/components/ui/use-delayed";

/**
 * The name of a repository; known ones are offered while one types. It keeps its own text: the address follows a
 * moment later, and a field that waited for it would lose letters.
 */
export function RepositoryField({
  registry,
  value,
  onChange,
}: {
  registry: string;
  value: string;
  onChange: (repository: string) => void;
}) {
  const listId = useId();
  const [text, setText] = useState(value);
  const rested = useDelayed(text.trim(), 200);
  const known = useQuery({
    queryKey: ["repositories", "names", registry, rested],
    queryFn: ({ signal }) =>
      fetchJson<Page<{ name: string }>>("/api/v1/repositories", {
        query: { registry, q: rested, sort: "name", limit: 20 },
        signal,
      }),
  });
  return (
    <span className="min-w-0 flex-1 basis-56 sm:max-w-md">
      <Input
        name="repository"
        aria-label="Repository"
        className={codeClasses}
        placeholder="payments/api"
        list={listId}
        autoComplete="off"
        spellCheck={false}
        maxLength={255}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          onChange(event.target.value.trim());
        }}
      />
      <datalist id={listId}>
        {known.data?.items.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </span>
  );
}
