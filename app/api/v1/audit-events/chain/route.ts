import { getAuditChainRoute } from "#lib/audit/routes";
import { handle } from "#lib/http/handle";

export const GET = handle(getAuditChainRoute);
