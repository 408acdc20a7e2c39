/** A key as it stands on the keyboard. */
export function Kbd({ children }: { children: string }) {
  return (
    <kbd className="inline-flex h-5 min-w-5 items-center justify-center rounded-[5px] border border-line px-1.5 font-sans text-tiny text-faint">
      {children}
    </kbd>
  );
}
