"use client";

import { type AuditView, auditHref, wholeAudit } from "@/components/audit/audit-view";
import { classNames } from "@/components/ui/class-names";
import { FilterBar } from "@/components/ui/filter-bar";
import { Input } from "@/components/ui/input";
import { RegistrySelect } from "@/components/ui/registry-select";
import { Select } from "@/components/ui/select";
import { ViewLink } from "@/components/ui/view-link";

const outcomes = ["succeeded", "denied", "failed", "intent"];
const kinds = [
  { of: "", label: "Everything" },
  { of: "changes", label: "Changes" },
  { of: "events", label: "Registry events" },
];
const actions = [
  { value: "registry.push", label: "pushes" },
  { value: "registry.pull", label: "pulls" },
  { value: "registry.delete", label: "deletions at registries" },
  { value: "audit.", label: "the audit itself" },
  { value: "tag.", label: "tags" },
  { value: "manifest.", label: "manifests" },
  { value: "registry.", label: "registries" },
  { value: "network.", label: "networks" },
  { value: "alert-rule.", label: "alerts" },
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
      <KindChoice view={view} />
      <TextFilter
        label="Search the audit"
        hint="who, what, to what; Enter"
        value={view.q}
        onFilter={(q) => onChange({ q })}
      />
      <Select
        aria-label="What"
        className="max-sm:w-full"
        value={view.action}
        onChange={(event) => onChange({ action: event.target.value })}
      >
        <option value="">all actions</option>
        {actions.map((action) => (
          <option key={action.value} value={action.value}>
            {action.label}
          </option>
        ))}
      </Select>
      <Select
        aria-label="Outcome"
        className="max-sm:w-full"
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
        className="max-sm:w-full"
        value={view.registry}
        onSlug={(registry) => onChange({ registry })}
      />
      <span className="w-36 max-sm:flex-1">
        <Input
          type="date"
          aria-label="From this day"
          value={view.from}
          onChange={(event) => onChange({ from: event.target.value })}
        />
      </span>
      <span className="w-36 max-sm:flex-1">
        <Input
          type="date"
          aria-label="To this day"
          value={view.to}
          onChange={(event) => onChange({ to: event.target.value })}
        />
      </span>
      <details className="w-full text-small" open={hasMore(view) || undefined}>
        <summary className="w-fit cursor-pointer text-muted">More filters</summary>
        <div className="flex flex-wrap items-center gap-2 pt-2">
          <TextFilter
            label="From this address"
            hint="address"
            value={view.address}
            onFilter={(address) => onChange({ address })}
          />
          <TextFilter
            label="Client contains"
            hint="part of the client's name"
            value={view.agent}
            onFilter={(agent) => onChange({ agent })}
          />
          <TextFilter
            label="Of this request"
            hint="request or event"
            value={view.requestId}
            onFilter={(requestId) => onChange({ requestId })}
          />
          <TextFilter
            label="By exactly this one"
            hint="who, exactly"
            value={view.actor}
            onFilter={(actor) => onChange({ actor })}
          />
        </div>
      </details>
      {isNarrowed(view) ? (
        <button
          type="button"
          className="text-small text-accent hover:underline"
          onClick={() => onChange(wholeAudit)}
        >
          Take all filters away
        </button>
      ) : null}
    </FilterBar>
  );
}

function KindChoice({ view }: { view: AuditView }) {
  return (
    <nav
      aria-label="What is shown"
      className="flex h-8 items-stretch gap-0.5 rounded-control border border-line bg-sunken/50 p-0.5 max-sm:w-full"
    >
      {kinds.map(({ of, label }) => {
        const here = view.of === of;
        return (
          <ViewLink
            key={of}
            href={auditHref(view, { of })}
            aria-current={here ? "true" : undefined}
            className={classNames(
              "flex items-center justify-center rounded-[4px] px-2.5 text-small whitespace-nowrap max-sm:flex-1",
              here ? "bg-accent-soft font-semibold text-accent" : "text-muted hover:text-ink",
            )}
          >
            {label}
          </ViewLink>
        );
      })}
    </nav>
  );
}

function hasMore({ address, agent, requestId, actor }: AuditView): boolean {
  return [address, agent, requestId, actor].some((value) => value !== "");
}

function isNarrowed(view: AuditView): boolean {
  return Object.values(view).some((value) => value !== "");
}

/** Asked for with Enter: the audit may be long, and a half-typed word would search all of it. */
function TextFilter({
  label,
  hint,
  value,
  onFilter,
}: {
  label: string;
  hint: string;
  value: string;
  onFilter: (text: string) => void;
}) {
  return (
    <form action={(data) => onFilter(String(data.get("text") ?? "").trim())} className="w-full sm:w-56">
      <Input
        key={value}
        name="text"
        type="search"
        aria-label={label}
        placeholder={hint}
        defaultValue={value}
        maxLength={255}
      />
    </form>
  );
}
