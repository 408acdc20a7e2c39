const generic = new Set(["registry", "docker", "oci", "cr", "images", "hub", "www"]);

/** A short name from a host: `harbour` of harbour.example.com, `acme` of registry.acme.io. */
export function formatSlug(url: string): string {
  const host = URL.parse(url)?.hostname.replace(/^\[|\]$/g, "") ?? "";
  const labels = /^[\d.:a-f]+$/.test(host) ? [host] : host.split(".");
  const label = labels.find((each, index) => !generic.has(each) || index === labels.length - 1) ?? "";
  return label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 40)
    .replace(/^-+|-+$/g, "");
}
