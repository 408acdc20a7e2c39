import { defineRoute } from "#lib/http/define-route";
import { listTokenDenials } from "#lib/tokens/list-token-denials";
import { listTokenDenialsQuery, tokenDenialPageSchema } from "#lib/tokens/schema";

export const listTokenDenialsRoute = defineRoute(
  {
    method: "GET",
    path: "/api/v1/token-denials",
    summary:
      "Who was refused what by the token endpoint, newest first; equal refusals of an hour are one row",
    access: "access.read",
    query: listTokenDenialsQuery,
    response: tokenDenialPageSchema,
  },
  ({ ctx, query }) => listTokenDenials(ctx, query),
);

export const tokenRoutes = [listTokenDenialsRoute];
