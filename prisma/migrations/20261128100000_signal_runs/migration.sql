-- AlterTable
ALTER TABLE "incident_refold" ADD COLUMN     "hours" TIMESTAMPTZ(3)[] DEFAULT ARRAY[]::TIMESTAMPTZ(3)[];

-- CreateTable
CREATE TABLE "signal_run" (
    "id" BIGSERIAL NOT NULL,
    "registry_id" INTEGER NOT NULL,
    "repository" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "side" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "cause" TEXT,
    "reference" TEXT,
    "actor" TEXT,
    "address" TEXT,
    "agent" TEXT,
    "cluster" TEXT,
    "namespace" TEXT,
    "workload" TEXT,
    "node" TEXT,
    "provisional" BOOLEAN NOT NULL,
    "count" INTEGER NOT NULL,
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "signal_run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signal_cover" (
    "registry_id" INTEGER NOT NULL,
    "repository" TEXT NOT NULL,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "keep_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "signal_cover_pkey" PRIMARY KEY ("registry_id","repository")
);

-- CreateIndex
CREATE INDEX "signal_run_registry_id_repository_hour_idx" ON "signal_run"("registry_id", "repository", "hour");

-- CreateIndex
CREATE INDEX "signal_run_hour_idx" ON "signal_run"("hour");

-- AddForeignKey
ALTER TABLE "signal_run" ADD CONSTRAINT "signal_run_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registry"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "signal_cover" ADD CONSTRAINT "signal_cover_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registry"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What goes on, or failed not long ago, is read anew: what comes next is told to repositories that are covered only.
INSERT INTO "incident_refold" ("registry_id", "repository", "due_at", "from_at")
SELECT "registry_id", "repository", now(), min("first_at") FROM "incident"
WHERE "last_at" >= now() - interval '4 days' OR ("recovered_at" IS NULL AND NOT "ended_quietly") GROUP BY 1, 2;
