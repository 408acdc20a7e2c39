import type { ComponentProps } from "react";
import { Select } from "@/components/ui/select";

/** Chooses a registry by its slug; with `every`, the empty slug stands for all of them. In a field, that names it. */
export function RegistrySelect({
  registries,
  every = false,
  onSlug,
  ...rest
}: Omit<ComponentProps<"select">, "onChange" | "children"> & {
  registries: readonly { slug: string; name: string }[];
  every?: boolean;
  onSlug: (slug: string) => void;
}) {
  return (
    <Select
      aria-label={rest.id ? undefined : "Registry"}
      {...rest}
      onChange={(event) => onSlug(event.target.value)}
    >
      {every ? <option value="">every registry</option> : null}
      {registries.map((registry) => (
        <option key={registry.slug} value={registry.slug}>
          {registry.name}
        </option>
      ))}
    </Select>
  );
}
