"use client";

import { useEffect, useState } from "react";

/** The value once it has rested: for questions that follow what is being typed. */
export function useDelayed<T>(value: T, pauseMs: number): T {
  const [delayed, setDelayed] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setDelayed(value), pauseMs);
    return () => clearTimeout(timer);
  }, [value, pauseMs]);
  return delayed;
}
