"use client";

import type { AuditView } from "@/components/audit/audit-view";
import { FilterBar } from "@/components/ui/filter-bar";
import { Input } from "@/components/ui/input";
import { RegistrySelect } from "@/components/ui/registry-select";
import { Select } from "@/components/ui/select";

const outcomes = ["succeeded", "denied", "failed", "intent"];
const actions = [
  { value: "tag.", label: "tags" },
  { value: "manifest.", label: "manifests" },
  { value: "registry.", label: "registries" },
  { value: "network.", label: "networks" },
  { value: "session.", label: "sessions" },
  { value: "user.", label: "people" },
  { value: "role-binding.", label: "roles" },
  { value: "team.", label: "teams" },
  { value: "api-key.", label: "API keys" },
  { value: "grant.", label: "grants" },
  { value: "grants.", label: "grants as code" },
  { value: "principal.", label: "principals" },
  { value: "registry-secret.", label: "registry secrets" },
  { value: "trust-rule.", label: "trust rules" },
  { value: "protections.", label: "protected repositories" },
  { value: "access-request.", label: "requests for access" },
  { value: "enforcement.", label: "enforcement" },
];

export function AuditFilters({
  view,
  registries,
  onChange,
}: {
  view: AuditView;
  registries: readonly { slug: string; name: string }[];
  onChange: (change: Partial<AuditView>) => void;
}) {
  return (
    <FilterBar>
      <form action={(data) => onChange({ q: String(data.get("q") ?? "").trim() })} className="w-full sm:w-56">
        <Input
          key={view.q}
          name="q"
          type="search"
          aria-label="Search the audit"
          placeholder="who, what or to what, then Enter"
          defaultValue={view.q}
        />
      </form>
      <Select
        aria-label="What"
        value={view.action}
        onChange={(event) => onChange({ action: event.target.value })}
      >
        <option value="">all changes</option>
        {actions.map((action) => (
          <option key={action.value} value={action.value}>
            {action.label}
          </option>
        ))}
      </Select>
      <Select
        aria-label="Outcome"
        value={view.outcome}
        onChange={(event) => onChange({ outcome: event.target.value })}
      >
        <option value="">every outcome</option>
        {outcomes.map((outcome) => (
          <option key={outcome}>{outcome}</option>
        ))}
      </Select>
      <RegistrySelect
        registries={registries}
        every
        value={view.registry}
        onSlug={(registry) => onChange({ registry })}
      />
      <span className="w-36">
        <Input
          type="date"
          aria-label="From this day"
          value={view.from}
          onChange={(event) => onChange({ from: event.target.value })}
        />
      </span>
      <span className="w-36">
        <Input
          type="date"
          aria-label="To this day"
          value={view.to}
          onChange={(event) => onChange({ to: event.target.value })}
        />
      </span>
    </FilterBar>
  );
}
