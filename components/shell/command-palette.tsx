"use client";

import { Dialog } from "@/components/ui/dialog";

export function CommandPalette({ open, onClose }: { open: boolean; onClose: () => void }) {
  return <Dialog open={open} onClose={onClose} title="Find anything" />;
}
