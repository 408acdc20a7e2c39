import type { ZodType, z } from "zod";
import type { Context } from "#lib/auth/context";
import type { Permission } from "#lib/auth/permissions";

export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

/** public: nobody needs to sign in; signed-in: any principal; a permission: held for the target or somewhere. */
export type RouteAccess = "public" | "signed-in" | Permission;

/** One method of one path: what goes in and out, who may call it. The OpenAPI document and the authorization matrix read these. */
export interface RouteDefinition {
  method: Method;
  /** With parameters in braces, as OpenAPI writes them: /api/v1/registries/{slug}. */
  path: string;
  summary: string;
  access: RouteAccess;
  params?: ZodType;
  query?: ZodType;
  body?: ZodType;
  /** Largest body in bytes; 1 MiB when absent. */
  bodyLimitBytes?: number;
  /** What a body is sent as; JSON when absent. */
  bodyMediaType?: string;
  response?: ZodType;
  /** 200 when absent; 204 sends no body. */
  status?: number;
  /** Media types of a response that is not JSON. */
  mediaTypes?: readonly string[];
  /** Error codes beyond 400, 401, 403, 404 and 422 that callers should expect. */
  errors?: readonly number[];
  /** The form of its errors, where another specification than RFC 9457 names one. */
  problem?: { mediaType: string; schema: ZodType };
}

type Output<T> = T extends ZodType ? z.output<T> : undefined;
type Input<T> = T extends ZodType ? z.input<T> : unknown;

export interface RouteInput<D extends RouteDefinition> {
  ctx: Context;
  params: Output<D["params"]>;
  query: Output<D["query"]>;
  body: Output<D["body"]>;
  request: Request;
}

/** What a handler gives back when it needs more than a JSON body. */
export class RouteReply<T> {
  readonly body: T;
  readonly status: number | undefined;
  readonly headers: Record<string, string>;
  constructor(body: T, options: { status?: number; headers?: Record<string, string> } = {}) {
    this.body = body;
    this.status = options.status;
    this.headers = options.headers ?? {};
  }
}

export interface Route<D extends RouteDefinition = RouteDefinition> {
  definition: D;
  // Method syntax: the input of a concrete route is narrower than that of the general one.
  handler(input: RouteInput<D>): Promise<Input<D["response"]> | RouteReply<Input<D["response"]>> | Response>;
}

export function defineRoute<const D extends RouteDefinition>(
  definition: D,
  handler: Route<D>["handler"],
): Route<D> {
  return { definition, handler };
}
