"use client";

import { type RefObject, useEffect, useRef } from "react";

/**
 * Links that change only the query of this page (tab, platform) change the address without asking the server for
 * the page again: what they show is in the browser already, or is fetched by its query.
 */
export function useShallowLinks<T extends HTMLElement>(): RefObject<T | null> {
  const ref = useRef<T>(null);
  useEffect(() => {
    const root = ref.current;
    if (!root) return;
    // In the capture phase, so that the router's own handler finds the click already dealt with.
    root.addEventListener("click", onClick, true);
    return () => root.removeEventListener("click", onClick, true);
  }, []);
  return ref;
}

function onClick(event: MouseEvent): void {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || link.target || !leadsHere(link)) return;
  event.preventDefault();
  if (link.search !== window.location.search) window.history.pushState(null, "", link.href);
}

function leadsHere(link: HTMLAnchorElement): boolean {
  if (link.origin !== window.location.origin || link.hash !== "") return false;
  return decode(link.pathname) === decode(window.location.pathname);
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
