import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";

/** Plain forms: they work before, and without, any script. */
export function SignInForm({
  csrfToken,
  callbackPath,
  message,
  providerName,
}: {
  csrfToken: string;
  callbackPath: string;
  message: string | null;
  /** Null without an identity provider. */
  providerName: string | null;
}) {
  const hidden = (
    <>
      <input type="hidden" name="csrfToken" value={csrfToken} />
      <input type="hidden" name="callbackUrl" value={callbackPath} />
    </>
  );
  return (
    <div className="flex flex-col gap-5">
      {message ? (
        <p role="alert" className="rounded-control bg-warn-soft px-3 py-2 text-warn">
          {message}
        </p>
      ) : null}
      {providerName ? (
        <>
          <form method="post" action="/api/auth/signin/oidc">
            {hidden}
            <Button type="submit" variant="primary" className="h-9 w-full">
              Continue with {providerName}
            </Button>
          </form>
          <p className="flex items-center gap-3 text-small text-faint before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
            or with a local account
          </p>
        </>
      ) : null}
      <form method="post" action="/api/auth/callback/credentials" className="flex flex-col gap-4">
        {hidden}
        <LabelledInput id="login" label="Login">
          <Input
            id="login"
            name="login"
            required
            maxLength={64}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            className="h-9"
          />
        </LabelledInput>
        <LabelledInput id="password" label="Password">
          <Input
            id="password"
            name="password"
            type="password"
            required
            maxLength={256}
            autoComplete="current-password"
            className="h-9"
          />
        </LabelledInput>
        <Button type="submit" variant={providerName ? "secondary" : "primary"} className="h-9">
          Sign in
        </Button>
      </form>
    </div>
  );
}

function LabelledInput({ id, label, children }: { id: string; label: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-small font-medium">
        {label}
      </label>
      {children}
    </div>
  );
}
