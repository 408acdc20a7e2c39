import Download from "lucide-react/icons/download";
import type { ReactNode } from "react";
import type { Artifact } from "#lib/inventory/schema-artifact";
import { NamedValues } from "@/components/artifacts/named-values";
import { PlatformChooser } from "@/components/artifacts/platform-chooser";
import { prepareConfig } from "@/components/artifacts/prepare-config";
import { rawConfigHref } from "@/components/artifacts/raw-href";
import { buttonClasses } from "@/components/ui/button";
import { Card, Facts } from "@/components/ui/card";
import { Digest } from "@/components/ui/digest";
import { SafeText } from "@/components/ui/safe-text";

/** What a container of this image starts with. */
export function ConfigTab({ artifact }: { artifact: Artifact }) {
  const config = artifact.config ? prepareConfig(artifact.config) : null;
  return (
    <div className="flex flex-col gap-3">
      <PlatformChooser artifact={artifact} tab="config" />
      {config === null ? (
        <Card title="Config">
          <p className="px-3.5 py-3 text-muted">
            <SafeText
              text={artifact.configProblem ?? "There is no image config for this platform."}
              clip={false}
            />
          </p>
        </Card>
      ) : (
        <>
          <Card
            title="Starts with"
            detail={artifact.configDigest ? <Digest digest={artifact.configDigest} /> : undefined}
            actions={
              <a href={rawConfigHref(artifact)} download className={buttonClasses({ size: "small" })}>
                <Download aria-hidden="true" className="size-3.5" />
                Download
              </a>
            }
          >
            <Facts
              facts={config.settings.map(({ label, value, absent }) => ({
                label,
                value:
                  value === null ? (
                    <span className="text-faint">{absent}</span>
                  ) : (
                    <SafeText text={value} mono clip={false} />
                  ),
              }))}
            />
          </Card>
          <ValuesCard title="Environment" values={config.env} absent="No variables are set." />
          <ValuesCard title="Labels" values={config.labels} absent="No labels are set." />
        </>
      )}
    </div>
  );
}

export function ValuesCard({
  title,
  values,
  absent,
  detail,
}: {
  title: string;
  values: readonly [string, string][];
  absent: ReactNode;
  detail?: ReactNode;
}) {
  return (
    <Card title={title} detail={detail ?? (values.length > 0 ? String(values.length) : undefined)}>
      {values.length === 0 ? (
        <p className="px-3.5 py-3 text-muted">{absent}</p>
      ) : (
        <NamedValues label={title} values={values} />
      )}
    </Card>
  );
}
