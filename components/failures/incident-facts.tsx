import Link from "next/link";
import type { ReactNode } from "react";
import type { IncidentDetail } from "#lib/failures/schema-incidents";
import { Facts } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { ExactTime } from "@/components/ui/exact-time";
import { imageHref } from "@/components/ui/image-href";
import { SafeText } from "@/components/ui/safe-text";

/** Who and where, each to copy. */
export function IncidentFacts({ incident }: { incident: IncidentDetail }) {
  const { registry, repository, reference, principal, cluster, namespace, workload } = incident;
  const separator = reference === null ? "" : reference.includes(":") ? "@" : ":";
  const image = `${registry}/${repository}${separator}${reference ?? ""}`;
  const facts: { label: string; value: ReactNode }[] = [
    {
      label: "Image",
      value: (
        <span className="inline-flex max-w-full items-start gap-1">
          <Link
            href={imageHref(registry, repository, reference ?? undefined)}
            prefetch={false}
            className="min-w-0 hover:text-accent hover:underline"
          >
            <SafeText text={image} mono clip={false} />
          </Link>
          <CopyButton text={image} label="Copy the image" className="-my-0.5" />
        </span>
      ),
    },
    ...named("Principal", principal),
    ...named("Cluster", cluster),
    ...named("Namespace", namespace),
    ...named("Workload", workload),
    ...several("Nodes", incident.nodes),
    ...several("Addresses", incident.addresses),
    ...several("Clients", incident.agents),
    { label: "First", value: <ExactTime at={incident.firstAt} /> },
    { label: "Last", value: <ExactTime at={incident.lastAt} /> },
  ];
  return (
    <section aria-label="Who and where">
      <h3 className="pb-1.5 font-semibold">Who and where</h3>
      <div className="rounded-card border border-line">
        <Facts facts={facts} />
      </div>
    </section>
  );
}

function Copyable({ text }: { text: string }) {
  return (
    <span className="inline-flex max-w-full items-start gap-1">
      <SafeText text={text} clip={false} className="min-w-0" />
      <CopyButton text={text} label={`Copy ${text}`} className="-my-0.5" />
    </span>
  );
}

function named(label: string, text: string | null): { label: string; value: ReactNode }[] {
  return text === null ? [] : [{ label, value: <Copyable text={text} /> }];
}

function several(label: string, texts: readonly string[]): { label: string; value: ReactNode }[] {
  if (texts.length === 0) return [];
  return [
    {
      label,
      value: (
        <ul className="max-h-36 overflow-y-auto">
          {texts.map((text) => (
            <li key={text}>
              <Copyable text={text} />
            </li>
          ))}
        </ul>
      ),
    },
  ];
}
