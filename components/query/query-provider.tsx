"use client";

import { QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { createQueryClient } from "@/components/query/query-client";
import { UserIdContext } from "@/components/query/user-id";

/** The browser's cache. Another person signing in on this machine gets an empty one (W9). */
export function QueryProvider({ userId, children }: { userId: string; children: ReactNode }) {
  return (
    <UserIdContext value={userId}>
      <OwnCache key={userId}>{children}</OwnCache>
    </UserIdContext>
  );
}

function OwnCache({ children }: { children: ReactNode }) {
  const [client] = useState(createQueryClient);
  useEffect(() => {
    // The back button after a sign-out must not bring back a page from the browser's memory.
    const onShow = (event: PageTransitionEvent) => {
      if (event.persisted) window.location.reload();
    };
    window.addEventListener("pageshow", onShow);
    return () => {
      window.removeEventListener("pageshow", onShow);
      client.clear();
    };
  }, [client]);
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
