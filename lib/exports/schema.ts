import { z } from "zod";
import { listRepositoriesQuery } from "#lib/inventory/schema";

export const exportFormatSchema = z.enum(["csv", "ndjson"]);
export type ExportFormat = z.infer<typeof exportFormatSchema>;

export const exportRepositoriesQuery = z.strictObject({
  ...listRepositoriesQuery.omit({ cursor: true, limit: true }).shape,
  format: exportFormatSchema.default("csv"),
});
export type ExportRepositoriesQuery = z.infer<typeof exportRepositoriesQuery>;
