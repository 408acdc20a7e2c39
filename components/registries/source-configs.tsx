import { ownSecretKinds, type Source } from "#lib/events/schema";
import { prepareSourceConfig } from "@/components/registries/prepare-source-config";
import { ConfigText } from "@/components/ui/config-text";

/** What to paste at the sender. */
export function SourceConfigs({ source, secret }: { source: Source; secret: string }) {
  const kind = ownSecretKinds.find((one) => one === source.kind);
  if (kind === undefined || source.url === null) return null;
  const configs = prepareSourceConfig(kind, source.url, secret);
  return (
    <div className="flex flex-col gap-3">
      {configs.map(({ title, where, text }, index) => (
        <details key={title} open={index === 0}>
          <summary className="cursor-pointer py-1 font-medium">
            {title} <span className="font-normal text-faint">{where}</span>
          </summary>
          <ConfigText text={text} />
        </details>
      ))}
    </div>
  );
}
