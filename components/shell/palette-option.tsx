"use client";

import { useEffect, useRef } from "react";
import type { PaletteChoice } from "@/components/shell/prepare-palette-choices";
import { classNames } from "@/components/ui/class-names";
import { SafeText } from "@/components/ui/safe-text";

export function PaletteOption({
  id,
  choice,
  chosen,
  onPoint,
  onGo,
}: {
  id: string;
  choice: PaletteChoice;
  chosen: boolean;
  onPoint: () => void;
  onGo: () => void;
}) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (chosen) ref.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <div
      ref={ref}
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={chosen}
      onPointerMove={onPoint}
      // The field keeps the focus; keys are handled there.
      onPointerDown={(event) => event.preventDefault()}
      onClick={onGo}
      onKeyDown={(event) => {
        if (event.key === "Enter") onGo();
      }}
      className={classNames(
        "flex h-9 cursor-pointer items-center gap-3 rounded-control px-2.5",
        chosen && "bg-accent-soft",
      )}
    >
      <span className="w-20 shrink-0 text-small text-faint">{choice.kind}</span>
      <SafeText text={choice.label} mono={choice.kind !== "page"} className="flex-1" />
      {choice.where ? <span className="shrink-0 text-small text-faint">{choice.where}</span> : null}
    </div>
  );
}
