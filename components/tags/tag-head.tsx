import { type TagView, tagViewHref } from "@/components/tags/tag-view";
import { Checkbox } from "@/components/ui/checkbox";
import { SortHeader } from "@/components/ui/sort-header";

const plainHead = "h-8 px-2 text-small font-medium text-faint";

export function TagHead({
  view,
  all,
  some,
  onAll,
}: {
  view: TagView;
  all: boolean;
  some: boolean;
  onAll: (on: boolean) => void;
}) {
  const shared = {
    shallow: true,
    sort: view.sort,
    hrefFor: (sort: string) => tagViewHref(view, { sort }),
  };
  return (
    <>
      <colgroup>
        <col className="w-10" />
        <col />
        <col className="w-48 max-lg:w-0" />
        <col className="w-56 max-xl:w-0" />
        <col className="w-24 max-sm:w-0" />
        <col className="w-26 sm:w-40" />
        <col className="w-28 max-md:w-0" />
      </colgroup>
      <thead className="sticky top-12 z-10 bg-surface shadow-[inset_0_-1px_0_var(--line)]">
        <tr aria-rowindex={1}>
          <td className="pl-3.5">
            <Checkbox
              aria-label="Select every tag that is loaded"
              checked={all}
              indeterminate={some && !all}
              onChange={(event) => onAll(event.target.checked)}
              className="block"
            />
          </td>
          <SortHeader {...shared} field="name" className="pr-2">
            Tag
          </SortHeader>
          <th scope="col" className={`${plainHead} max-lg:hidden`}>
            Digest
          </th>
          <th scope="col" className={`${plainHead} max-xl:hidden`}>
            Platforms
          </th>
          <SortHeader
            {...shared}
            field="sizeBytes"
            firstDescending
            align="right"
            className="px-2 max-sm:hidden"
          >
            Size
          </SortHeader>
          <SortHeader {...shared} field="pushedAt" firstDescending className="pr-2 pl-2 sm:pl-5">
            Pushed
          </SortHeader>
          <SortHeader {...shared} field="lastPulledAt" firstDescending className="px-2 max-md:hidden">
            Last pull
          </SortHeader>
        </tr>
      </thead>
    </>
  );
}
