-- CreateTable
CREATE TABLE "activity_repository_day" (
    "registry_id" INTEGER NOT NULL,
    "repository" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "pushes" INTEGER NOT NULL DEFAULT 0,
    "pulls" INTEGER NOT NULL DEFAULT 0,
    "deletes" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "activity_repository_day_pkey" PRIMARY KEY ("registry_id","repository","day")
);

-- CreateTable
CREATE TABLE "activity_actor_day" (
    "registry_id" INTEGER NOT NULL,
    "day" DATE NOT NULL,
    "actor" TEXT NOT NULL,
    "pushes" INTEGER NOT NULL DEFAULT 0,
    "pulls" INTEGER NOT NULL DEFAULT 0,
    "deletes" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "activity_actor_day_pkey" PRIMARY KEY ("registry_id","day","actor")
);

-- CreateTable
CREATE TABLE "activity_registry_day" (
    "registry_id" INTEGER NOT NULL,
    "day" DATE NOT NULL,
    "pushes" BIGINT NOT NULL DEFAULT 0,
    "pulls" BIGINT NOT NULL DEFAULT 0,
    "deletes" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "activity_registry_day_pkey" PRIMARY KEY ("registry_id","day")
);

-- CreateTable
CREATE TABLE "activity_window" (
    "registry_id" INTEGER NOT NULL,
    "days" SMALLINT NOT NULL,
    "repository" TEXT NOT NULL,
    "pushes" BIGINT NOT NULL DEFAULT 0,
    "pulls" BIGINT NOT NULL DEFAULT 0,
    "deletes" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "activity_window_pkey" PRIMARY KEY ("registry_id","days","repository")
);

-- CreateTable
CREATE TABLE "activity_window_end" (
    "registry_id" INTEGER NOT NULL,
    "until" DATE NOT NULL,

    CONSTRAINT "activity_window_end_pkey" PRIMARY KEY ("registry_id")
);

-- CreateIndex
CREATE INDEX "activity_repository_day_day_idx" ON "activity_repository_day"("registry_id", "day");

-- The repositories that are pulled most, in the order in which they are shown.
CREATE INDEX "activity_window_pulls_idx" ON "activity_window"("registry_id", "days", "pulls" DESC, "pushes" DESC, "repository" COLLATE "C");

-- What was added up so far. Windows are filled by the worker.
INSERT INTO "activity_repository_day" ("registry_id", "repository", "day", "pushes", "pulls", "deletes")
SELECT "registry_id", "repository", "day", sum("pushes"), sum("pulls"), sum("deletes") FROM "activity_day" GROUP BY 1, 2, 3;
INSERT INTO "activity_actor_day" ("registry_id", "day", "actor", "pushes", "pulls", "deletes")
SELECT "registry_id", "day", "actor", sum("pushes"), sum("pulls"), sum("deletes") FROM "activity_day" GROUP BY 1, 2, 3;
INSERT INTO "activity_registry_day" ("registry_id", "day", "pushes", "pulls", "deletes")
SELECT "registry_id", "day", sum("pushes"), sum("pulls"), sum("deletes") FROM "activity_actor_day" GROUP BY 1, 2;
