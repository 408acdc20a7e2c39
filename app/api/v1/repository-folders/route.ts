import { handle } from "#lib/http/handle";
import { listRepositoryFoldersRoute } from "#lib/inventory/routes";

export const GET = handle(listRepositoryFoldersRoute);
