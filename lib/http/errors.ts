import type { Permission } from "#lib/auth/permissions";

/** A field of the request that is wrong, and what to do about it. */
export interface FieldProblem {
  field: string;
  message: string;
}

/** Base of the errors that a caller may read; every other error is shown as "unexpected" only. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: FieldProblem[];
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    code: string,
    message: string,
    fields: FieldProblem[] = [],
    headers: Record<string, string> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.headers = headers;
  }
}

export class UnauthenticatedError extends HttpError {
  constructor(message = "Sign in, or send an API key as a bearer token.") {
    super(401, "unauthenticated", message, [], { "www-authenticate": 'Bearer realm="wharfinger"' });
  }
}

export class ForbiddenError extends HttpError {
  readonly permission: Permission | undefined;
  constructor(permission?: Permission, message?: string) {
    super(
      403,
      "forbidden",
      message ??
        `Your roles do not hold the permission ${permission ?? "for this"}. An admin can give it to you.`,
    );
    this.permission = permission;
  }
}

export class NotFoundError extends HttpError {
  constructor(message = "There is nothing at this address, or you may not see it.") {
    super(404, "not-found", message);
  }
}

export class MethodNotAllowedError extends HttpError {
  constructor(allowed: readonly string[]) {
    const allow = allowed.join(", ");
    super(405, "method-not-allowed", `This address takes ${allow}.`, [], { allow });
  }
}

/** The request is well formed but a value in it is wrong. */
export class InvalidError extends HttpError {
  constructor(field: string, message: string) {
    super(422, "invalid", message, [{ field, message }]);
  }
}

export class ConflictError extends HttpError {
  constructor(message: string, code = "conflict") {
    super(409, code, message);
  }
}

export class ThrottledError extends HttpError {
  constructor(retryAfterSeconds: number, message = "Too many tries. Wait a little and try again.") {
    super(429, "throttled", message, [], {
      "retry-after": String(Math.max(1, Math.ceil(retryAfterSeconds))),
    });
  }
}

/** A registry, or the database, did not answer as needed. */
export class UpstreamError extends HttpError {
  constructor(status: 502 | 503 | 504, code: string, message: string) {
    super(status, code, message);
  }
}
