/** Which permission is missing and who can give it. */
export function ForbiddenState({ what, permission }: { what: string; permission: string }) {
  return (
    <div className="mx-auto flex max-w-xl flex-col gap-2 px-5 py-12">
      <h2 className="text-lead font-semibold">You may not {what}</h2>
      <p className="text-muted">
        It needs a role with the permission <code>{permission}</code>. An admin can give you one under
        Settings, People.
      </p>
    </div>
  );
}
