import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";

/** The end of a form in a dialog: what went wrong, the way out and the deed. */
export function FormFoot({
  problem,
  busy,
  disabled,
  onCancel,
  children,
}: {
  /** What was answered, in words; null when nothing went wrong. */
  problem: string | null;
  busy: boolean;
  disabled?: boolean;
  onCancel: () => void;
  /** What the button of the deed says. */
  children: ReactNode;
}) {
  return (
    <>
      {problem ? (
        <p role="alert" className="text-danger">
          {problem}
        </p>
      ) : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button variant="primary" type="submit" busy={busy} disabled={disabled}>
          {children}
        </Button>
      </div>
    </>
  );
}
