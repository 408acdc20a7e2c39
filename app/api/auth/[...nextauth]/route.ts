import { handleSignInRequest } from "#lib/auth/sign-in-endpoint";

interface NextRouteContext {
  params: Promise<{ nextauth: string[] }>;
}

async function answer(request: Request, context: NextRouteContext): Promise<Response> {
  return handleSignInRequest(request, (await context.params).nextauth);
}

export { answer as GET, answer as POST };
