"use client";

import Download from "lucide-react/icons/download";
import { buttonClasses } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";

/** Hands over the whole of a filtered list as a file. */
export function ExportMenu({ hrefOf }: { hrefOf: (format: "csv" | "ndjson") => string }) {
  return (
    <Menu
      label="Export this list"
      className={buttonClasses()}
      items={[
        { key: "csv", label: "As CSV", onSelect: () => window.location.assign(hrefOf("csv")) },
        {
          key: "ndjson",
          label: "As NDJSON, a line each",
          onSelect: () => window.location.assign(hrefOf("ndjson")),
        },
      ]}
    >
      <Download aria-hidden="true" className="size-3.5" />
      Export
    </Menu>
  );
}
