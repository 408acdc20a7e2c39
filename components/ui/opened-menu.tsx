"use client";

import Check from "lucide-react/icons/check";
import { useRouter } from "next/navigation";
import { DropdownMenu } from "radix-ui";
import { classNames } from "@/components/ui/class-names";
import type { MenuItem, MenuProps } from "@/components/ui/menu-item";

const line =
  "flex min-h-8 cursor-default items-center gap-2 rounded-[5px] px-2.5 text-body outline-none select-none data-disabled:opacity-50 data-highlighted:bg-sunken";

/** The loaded half of Menu: open from the start, because a click asked for it. */
export function OpenedMenu({ label, children, className, align = "end", side = "bottom", items }: MenuProps) {
  return (
    <DropdownMenu.Root defaultOpen modal={false}>
      <DropdownMenu.Trigger aria-label={label} title={label} className={className}>
        {children}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          side={side}
          sideOffset={5}
          collisionPadding={8}
          className="floating appear z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-44 max-w-[min(22rem,calc(100vw-1rem))] overflow-y-auto rounded-card p-1"
        >
          {items.map((item) => (
            <MenuLine key={item.key} item={item} />
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function MenuLine({ item }: { item: MenuItem }) {
  const router = useRouter();
  if (item.kind === "separator") return <DropdownMenu.Separator className="-mx-1 my-1 h-px bg-line" />;
  if (item.kind === "heading")
    return (
      <DropdownMenu.Label className="px-2.5 pt-1.5 pb-1 text-small text-faint">
        {item.label}
      </DropdownMenu.Label>
    );
  if (item.kind === "choice")
    return (
      <DropdownMenu.CheckboxItem checked={item.checked} onSelect={item.onSelect} className={line}>
        <span className="min-w-0 flex-1 truncate">{item.label}</span>
        <DropdownMenu.ItemIndicator>
          <Check aria-hidden="true" className="size-3.5 text-accent" />
        </DropdownMenu.ItemIndicator>
      </DropdownMenu.CheckboxItem>
    );
  const { href, onSelect } = item;
  return (
    <DropdownMenu.Item
      disabled={item.disabled}
      onSelect={() => {
        onSelect?.();
        if (href) router.push(href);
      }}
      className={classNames(line, item.tone === "danger" && "text-danger")}
    >
      <span className="min-w-0 flex-1 truncate">{item.label}</span>
      {item.hint ? <span className="text-small text-faint">{item.hint}</span> : null}
    </DropdownMenu.Item>
  );
}
