const version = /^[vV]?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.(\d+))?(?:[-_]([0-9A-Za-z._-]+))?$/;
const longestNumber = 40;

/**
 * A text that sorts bytewise as versions do: 1.9 before 1.10, pre-releases (and every other suffix) before their
 * release. Names that are no version give the empty text, which sorts before all of them.
 */
export function formatSemverKey(tagName: string): string {
  const match = version.exec(tagName);
  if (match === null) return "";
  const numbers = [match[1], match[2], match[3], match[4]].map((part) => formatNumber(part ?? "0"));
  if (numbers.includes("")) return "";
  const suffix = match[5];
  return `v${numbers.join("")}${suffix === undefined ? "~" : `-${formatSuffix(suffix)}`}`;
}

/** Its length goes first, so that longer numbers sort behind shorter ones. */
function formatNumber(digits: string): string {
  const bare = digits.replace(/^0+(?=\d)/, "");
  return bare.length > longestNumber ? "" : `${String(bare.length).padStart(2, "0")}${bare}`;
}

/** Numbers sort before words, and a list before its continuation: the separator is below every other character. */
function formatSuffix(suffix: string): string {
  return suffix
    .split(".")
    .map((part) =>
      /^\d+$/.test(part) && part.length <= longestNumber ? `0${formatNumber(part)}` : `1${part}`,
    )
    .join("!");
}
