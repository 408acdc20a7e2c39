import { CopyButton } from "@/components/ui/copy-button";

/** sha256:9c41e2b7…5f0a: enough to tell two apart by eye. */
export function shortenDigest(digest: string, length = 8): string {
  const colon = digest.indexOf(":");
  const encoded = digest.slice(colon + 1);
  if (encoded.length <= length + 6) return digest;
  return `${digest.slice(0, colon + 1)}${encoded.slice(0, length)}…${encoded.slice(-4)}`;
}

/** A digest shortened, whole on hover, with a button that copies all of it. */
export function Digest({
  digest,
  length = 8,
  copy = true,
  className,
}: {
  digest: string;
  length?: number;
  copy?: boolean;
  className?: string;
}) {
  return (
    <span className={`inline-flex items-center gap-0.5 whitespace-nowrap ${className ?? ""}`}>
      <span title={digest} className="tag-mono">
        {shortenDigest(digest, length)}
      </span>
      {copy ? <CopyButton text={digest} label="Copy the digest" /> : null}
    </span>
  );
}
