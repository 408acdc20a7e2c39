-- AlterTable
ALTER TABLE "repository" ADD COLUMN     "kind" TEXT,
ADD COLUMN     "unique_bytes" BIGINT;

-- AlterTable
ALTER TABLE "manifest" ADD COLUMN     "layers_hash" BYTEA;

-- AlterTable
ALTER TABLE "registry" ADD COLUMN     "pulls_since" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "repository_day" (
    "repository_id" BIGINT NOT NULL,
    "day" DATE NOT NULL,
    "pulls" INTEGER NOT NULL DEFAULT 0,
    "pushes" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "repository_day_pkey" PRIMARY KEY ("repository_id","day")
);

-- CreateTable
CREATE TABLE "registry_day" (
    "registry_id" INTEGER NOT NULL,
    "day" DATE NOT NULL,

    CONSTRAINT "registry_day_pkey" PRIMARY KEY ("registry_id","day")
);

-- AddForeignKey
ALTER TABLE "repository_day" ADD CONSTRAINT "repository_day_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repository"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "registry_day" ADD CONSTRAINT "registry_day_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registry"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What is known already: the kinds of repositories, the layers of images, what registries told so far.
UPDATE repository r SET kind = k.kind FROM (
  SELECT m.repository_id, CASE WHEN bool_or(m.kind IN ('image', 'index')) THEN 'image'
    WHEN bool_or(m.kind = 'helm-chart') THEN 'helm-chart' ELSE 'artifact' END AS kind
  FROM manifest m WHERE m.deleted_at IS NULL GROUP BY 1) k
WHERE k.repository_id = r.id;

UPDATE manifest m SET layers_hash = x.hash FROM (
  SELECT mb.manifest_id, sha256(convert_to(string_agg(b.digest, E'\n' ORDER BY mb.ordinal), 'UTF8')) AS hash
  FROM manifest_blob mb JOIN blob b ON b.id = mb.blob_id WHERE mb.role = 'layer' GROUP BY 1) x
WHERE x.manifest_id = m.id AND m.kind = 'image';

UPDATE registry g SET pulls_since = e.since
FROM (SELECT registry_id, min(received_at) AS since FROM registry_event WHERE action = 'pull' GROUP BY 1) e WHERE e.registry_id = g.id;

INSERT INTO registry_day (registry_id, day)
SELECT DISTINCT registry_id, (received_at AT TIME ZONE 'UTC')::date FROM registry_event WHERE action = 'pull';

INSERT INTO repository_day (repository_id, day, pulls, pushes)
SELECT r.id, (least(e.at, e.received_at + interval '5 minutes') AT TIME ZONE 'UTC')::date,
  count(*) FILTER (WHERE e.action = 'pull'), count(*) FILTER (WHERE e.action = 'push')
FROM registry_event e JOIN repository r ON r.registry_id = e.registry_id AND r.name = e.repository
WHERE e.applied_at IS NOT NULL AND NOT e.own AND (e.action = 'pull' OR (e.action = 'push' AND e.tag IS NOT NULL))
GROUP BY 1, 2;

-- The images that another one is built on are found by the hash of each of its prefixes.
CREATE INDEX "manifest_layers_idx" ON "manifest" ("layers_hash") WHERE "layers_hash" IS NOT NULL;

-- Rare kinds of repositories.
CREATE INDEX "repository_kind_idx" ON "repository" ("kind", "id");
