import { listAlertDeliveriesRoute } from "#lib/alerts/routes";
import { handle } from "#lib/http/handle";

export const GET = handle(listAlertDeliveriesRoute);
