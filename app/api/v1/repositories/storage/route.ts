import { handle } from "#lib/http/handle";
import { getRepositoryStorageRoute } from "#lib/inventory/routes";

export const GET = handle(getRepositoryStorageRoute);
