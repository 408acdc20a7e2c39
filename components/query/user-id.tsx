"use client";

import { createContext, useContext } from "react";

export const UserIdContext = createContext("");

/** Who is signed in, for what is kept per person on this machine. */
export function useUserId(): string {
  return useContext(UserIdContext);
}
