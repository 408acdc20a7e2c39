"use client";

import { type FormEvent, useState } from "react";
import { ApiError, describeError } from "@/components/query/api-error";
import { useDeed } from "@/components/query/use-deed";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

/** Changes one's own password; the present one is asked for. */
export function ChangePassword() {
  const [present, setPresent] = useState("");
  const [password, setPassword] = useState("");
  const change = useDeed<{ present: string; password: string }>({
    request: (body) => ({ path: "/api/v1/me/password", method: "POST", body }),
    invalidates: [["sessions"]],
    done: () => ({ tone: "good", title: "Your password was changed", detail: "Your other sessions ended." }),
    onDone: () => {
      setPresent("");
      setPassword("");
    },
  });
  const error = change.error instanceof ApiError ? change.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ present, password });
  };
  return (
    <Card title="Password">
      <form onSubmit={submit} className="flex flex-col gap-3 p-3.5">
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="Present password" error={error?.fieldProblem("present")}>
            {(control) => (
              <Input
                {...control}
                type="password"
                autoComplete="current-password"
                required
                value={present}
                onChange={(event) => setPresent(event.target.value)}
              />
            )}
          </Field>
          <Field label="New password" hint="At least 10 characters." error={error?.fieldProblem("password")}>
            {(control) => (
              <Input
                {...control}
                type="password"
                autoComplete="new-password"
                required
                minLength={10}
                value={password}
                onChange={(event) => setPassword(event.target.value)}
              />
            )}
          </Field>
        </div>
        {change.error ? (
          <p role="alert" className="text-danger">
            {describeError(change.error)}
          </p>
        ) : null}
        <Button type="submit" className="self-start" busy={change.isPending}>
          Change the password
        </Button>
      </form>
    </Card>
  );
}
