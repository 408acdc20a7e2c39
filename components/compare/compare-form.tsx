"use client";

import ArrowLeftRight from "lucide-react/icons/arrow-left-right";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { ReferenceField } from "@/components/compare/reference-field";
import { toSearch } from "@/components/query/fetch-json";
import { Button } from "@/components/ui/button";

/** The two references. Comparing writes them into the address, so that the view can be sent to a colleague. */
export function CompareForm({
  from,
  to,
  problems,
}: {
  from: string;
  to: string;
  problems: { from?: string; to?: string };
}) {
  const router = useRouter();
  const [left, setLeft] = useState(from);
  const [right, setRight] = useState(to);
  const [tried, setTried] = useState(false);
  const go = (next: { from: string; to: string }) =>
    router.push(`/compare${toSearch(next)}`, { scroll: false });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (left.trim() !== "" && right.trim() !== "") go({ from: left.trim(), to: right.trim() });
  };
  const missing = "Name a registry, a repository and a tag or digest.";
  return (
    <form
      onSubmit={onSubmit}
      className="no-print mb-4 grid items-start gap-3 md:grid-cols-[1fr_auto_1fr_auto]"
    >
      <ReferenceField
        label="From"
        name="from"
        value={left}
        error={tried && left.trim() === "" ? missing : left === from ? problems.from : undefined}
        onChange={setLeft}
      />
      <Button
        aria-label="Swap the two"
        title="Swap the two"
        className="md:mt-[21px]"
        onClick={() => {
          setLeft(right);
          setRight(left);
          if (left.trim() !== "" && right.trim() !== "") go({ from: right.trim(), to: left.trim() });
        }}
      >
        <ArrowLeftRight aria-hidden="true" className="size-3.5" />
        <span className="md:sr-only">Swap</span>
      </Button>
      <ReferenceField
        label="To"
        name="to"
        value={right}
        error={tried && right.trim() === "" ? missing : right === to ? problems.to : undefined}
        onChange={setRight}
      />
      <Button type="submit" variant="primary" className="md:mt-[21px]">
        Compare
      </Button>
    </form>
  );
}
