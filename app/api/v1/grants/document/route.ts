import { exportDocumentRoute, importDocumentRoute } from "#lib/grants/routes-document";
import { handle } from "#lib/http/handle";

export const GET = handle(exportDocumentRoute);
export const POST = handle(importDocumentRoute);
