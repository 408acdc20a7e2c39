"use client";

import Activity from "lucide-react/icons/activity";
import Boxes from "lucide-react/icons/boxes";
import GitCompare from "lucide-react/icons/git-compare";
import House from "lucide-react/icons/house";
import KeyRound from "lucide-react/icons/key-round";
import ScrollText from "lucide-react/icons/scroll-text";
import Server from "lucide-react/icons/server";
import Settings from "lucide-react/icons/settings";
import Stethoscope from "lucide-react/icons/stethoscope";
import TriangleAlert from "lucide-react/icons/triangle-alert";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { type ComponentType, useEffect } from "react";
import { classNames } from "@/components/ui/class-names";

interface Place {
  href: string;
  label: string;
  icon: ComponentType<{ className?: string; "aria-hidden"?: "true" }>;
}

const groups: { heading: string; places: (Place & { needs?: "audit" })[] }[] = [
  {
    heading: "Browse",
    places: [
      { href: "/", label: "Home", icon: House },
      { href: "/images", label: "Repositories", icon: Boxes },
      { href: "/compare", label: "Compare", icon: GitCompare },
    ],
  },
  {
    heading: "Watch",
    places: [
      { href: "/failures", label: "Failed pulls", icon: TriangleAlert },
      { href: "/activity", label: "Activity", icon: Activity },
      { href: "/diagnose", label: "Explain a pull", icon: Stethoscope },
      { href: "/audit", label: "Audit", icon: ScrollText, needs: "audit" },
    ],
  },
  { heading: "Govern", places: [{ href: "/access", label: "Access", icon: KeyRound }] },
  { heading: "Run", places: [{ href: "/registries", label: "Registries", icon: Server }] },
];

/** The element that folds away on small screens; the button in the top bar opens it. */
export const navigationId = "navigation";

export function Navigation({ mayReadAudit }: { mayReadAudit: boolean }) {
  const pathname = usePathname();
  useEffect(() => {
    const panel = document.getElementById(navigationId);
    if (pathname && panel?.matches(":popover-open")) panel.hidePopover();
  }, [pathname]);
  return (
    <nav aria-label="Main" className="flex flex-1 flex-col">
      {groups.map((group) => {
        const places = group.places.filter((place) => place.needs !== "audit" || mayReadAudit);
        if (places.length === 0) return null;
        return (
          <div key={group.heading} className="pt-3">
            <h2 className="px-2 pb-1 text-tiny text-faint">{group.heading}</h2>
            <ul>
              {places.map((place) => (
                <NavigationLine key={place.href} place={place} pathname={pathname} />
              ))}
            </ul>
          </div>
        );
      })}
      <ul className="mt-auto pt-4">
        <NavigationLine
          place={{ href: "/settings", label: "Settings", icon: Settings }}
          pathname={pathname}
        />
      </ul>
    </nav>
  );
}

function NavigationLine({ place, pathname }: { place: Place; pathname: string }) {
  const current = place.href === "/" ? pathname === "/" : isUnder(pathname, place.href);
  const Icon = place.icon;
  return (
    <li>
      <Link
        href={place.href}
        prefetch={false}
        aria-current={current ? "page" : undefined}
        className={classNames(
          "flex h-8 items-center gap-2.5 rounded-control px-2 font-medium",
          current ? "bg-accent-soft text-accent" : "text-muted hover:bg-sunken hover:text-ink",
        )}
      >
        <Icon aria-hidden="true" className="size-4 shrink-0" />
        <span className="truncate">{place.label}</span>
      </Link>
    </li>
  );
}

function isUnder(pathname: string, href: string): boolean {
  return pathname === href || pathname.startsWith(`${href}/`);
}
