"use client";

import { roles } from "#lib/auth/permissions";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { RegistrySelect } from "@/components/ui/registry-select";
import { Select } from "@/components/ui/select";

export interface Place {
  role: string;
  registry: string;
  pattern: string;
}

export const everywhere: Place = { role: "viewer", registry: "", pattern: "" };

/** What the API takes: an empty choice is null. */
export function toPlaceBody(place: Place) {
  return { role: place.role, registry: place.registry || null, pattern: place.pattern.trim() || null };
}

/** A role and where it is held. */
export function PlaceFields({
  place,
  registries,
  onChange,
  errors = {},
}: {
  place: Place;
  registries: readonly { slug: string; name: string }[];
  onChange: (place: Place) => void;
  errors?: { role?: string; registry?: string; pattern?: string };
}) {
  return (
    <div className="grid gap-3 sm:grid-cols-3">
      <Field label="Role" error={errors.role}>
        {(control) => (
          <Select
            {...control}
            value={place.role}
            onChange={(event) => onChange({ ...place, role: event.target.value })}
          >
            {roles.map((role) => (
              <option key={role}>{role}</option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="Registry" error={errors.registry}>
        {(control) => (
          <RegistrySelect
            registries={registries}
            every
            {...control}
            value={place.registry}
            onSlug={(slug) => onChange({ ...place, registry: slug })}
          />
        )}
      </Field>
      <Field
        label="Repositories"
        optional
        error={errors.pattern}
        hint="payments/api, payments/* or payments/**"
      >
        {(control) => (
          <Input
            {...control}
            className="font-mono"
            value={place.pattern}
            placeholder="all"
            spellCheck={false}
            onChange={(event) => onChange({ ...place, pattern: event.target.value })}
          />
        )}
      </Field>
    </div>
  );
}
