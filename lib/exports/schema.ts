import { z } from "zod";
import { listRepositoriesQuery } from "#lib/inventory/schema";

export const exportFormats = ["csv", "ndjson"] as const;

export const exportRepositoriesQuery = z.strictObject({
  ...listRepositoriesQuery.omit({ cursor: true, limit: true }).shape,
  format: z.enum(exportFormats).default("csv"),
});
export type ExportRepositoriesQuery = z.infer<typeof exportRepositoriesQuery>;
