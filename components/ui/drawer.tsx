"use client";

import { type DialogProps, ModalFrame } from "@/components/ui/dialog";

/** A dialog at the right edge; on a phone it is the whole page. */
export function Drawer(props: Omit<DialogProps, "size">) {
  return <ModalFrame shape="drawer" {...props} />;
}
