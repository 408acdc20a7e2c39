"use client";

import { usePathname } from "next/navigation";
import { pathToCrumbs } from "@/components/shell/path-to-crumbs";
import { Breadcrumb } from "@/components/ui/breadcrumb";

/** Where we are, read off the address: every page has it without doing anything. */
export function TopBarCrumbs() {
  return <Breadcrumb crumbs={pathToCrumbs(usePathname())} />;
}
