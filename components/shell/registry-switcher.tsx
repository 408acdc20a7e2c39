"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { Select } from "@/components/ui/select";

export interface RegistryChoice {
  slug: string;
  name: string;
}

/** Narrows the repository list to one registry. */
export function RegistrySwitcher({ registries }: { registries: RegistryChoice[] }) {
  const router = useRouter();
  const current = useSearchParams().get("registry") ?? "";
  return (
    <Select
      aria-label="Registry"
      className="w-full [&_select]:h-9 [&_select]:font-semibold"
      value={registries.some((registry) => registry.slug === current) ? current : ""}
      onChange={(event) => {
        const slug = event.target.value;
        router.push(slug ? `/images?registry=${encodeURIComponent(slug)}` : "/images");
      }}
    >
      <option value="">All registries · {registries.length}</option>
      {registries.map((registry) => (
        <option key={registry.slug} value={registry.slug}>
          {registry.name}
        </option>
      ))}
    </Select>
  );
}
