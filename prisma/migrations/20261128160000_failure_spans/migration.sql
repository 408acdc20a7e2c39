-- CreateTable
CREATE TABLE "failure_span" (
    "registry_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "days" SMALLINT NOT NULL,
    "day" DATE NOT NULL,
    "name" TEXT NOT NULL,
    "count" BIGINT NOT NULL,

    -- With the count, so that sums need not read the table.
    CONSTRAINT "failure_span_pkey" PRIMARY KEY ("registry_id","kind","days","day","name") INCLUDE ("count")
);

-- The same for the sums by hour and cause.
ALTER TABLE "failure_hour" DROP CONSTRAINT "failure_hour_pkey",
    ADD CONSTRAINT "failure_hour_pkey" PRIMARY KEY ("registry_id","hour","cause") INCLUDE ("count");

-- AlterTable
ALTER TABLE "incident_hour" ADD COLUMN "registry_id" INTEGER, ADD COLUMN "repository" TEXT;
UPDATE "incident_hour" h SET "registry_id" = i."registry_id", "repository" = i."repository"
FROM "incident" i WHERE i."id" = h."incident_id";
ALTER TABLE "incident_hour" ALTER COLUMN "registry_id" SET NOT NULL, ALTER COLUMN "repository" SET NOT NULL;

-- CreateIndex
CREATE INDEX "incident_hour_registry_id_repository_hour_idx" ON "incident_hour"("registry_id", "repository", "hour") INCLUDE ("count");

-- What was told so far.
INSERT INTO "failure_span" ("registry_id", "kind", "days", "day", "name", "count")
SELECT t.registry_id, t.kind, s.days, t.day - (t.day - date '2000-01-01') % s.days, t.name, sum(t.count)
FROM (
    SELECT i."registry_id", k.kind, (h."hour" AT TIME ZONE 'UTC')::date AS day, k.name, sum(h."count") AS count
    FROM "incident_hour" h JOIN "incident" i ON i."id" = h."incident_id"
    CROSS JOIN LATERAL (VALUES
        ('repository', i."repository"),
        ('principal', coalesce(i."principal", '')),
        ('client', coalesce(lower(substring(i."agents"[1] FROM '^[^[:space:]/(]{1,100}')), '')),
        ('cluster', coalesce(i."cluster", ''))) AS k(kind, name)
    GROUP BY 1, 2, 3, 4) t
CROSS JOIN (VALUES (1), (4), (16), (64)) AS s(days)
GROUP BY 1, 2, 3, 4, 5;
