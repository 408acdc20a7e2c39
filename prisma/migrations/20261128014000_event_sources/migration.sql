-- Events are kept in weekly partitions by the time they happened, once per source and identity.
ALTER TABLE "registry_event" RENAME TO "registry_event_before";
ALTER TABLE "registry_event_before" DROP CONSTRAINT "registry_event_registry_id_fkey";
ALTER TABLE "registry_event_before" RENAME CONSTRAINT "registry_event_pkey" TO "registry_event_before_pkey";
DROP INDEX "registry_event_registry_id_source_event_id_key";
DROP INDEX "registry_event_registry_id_at_idx";
DROP INDEX "registry_event_waiting_idx";
DROP INDEX "registry_event_delete_idx";
ALTER SEQUENCE "registry_event_id_seq" OWNED BY NONE;

CREATE TABLE "registry_event" (
    "id" BIGINT NOT NULL DEFAULT nextval('registry_event_id_seq'),
    "registry_id" INTEGER NOT NULL,
    "source_id" INTEGER NOT NULL,
    "event_id" TEXT NOT NULL,
    "side" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "cause" TEXT,
    "repository" TEXT,
    "tag" TEXT,
    "digest" TEXT,
    "media_type" TEXT,
    "actor" TEXT,
    "address" TEXT,
    "agent" TEXT,
    "cluster" TEXT,
    "namespace" TEXT,
    "workload" TEXT,
    "node" TEXT,
    "message" TEXT,
    "count" INTEGER NOT NULL DEFAULT 1,
    "provisional" BOOLEAN NOT NULL DEFAULT false,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "raw" JSONB NOT NULL,
    "applied_at" TIMESTAMPTZ(3),

    CONSTRAINT "registry_event_pkey" PRIMARY KEY ("registry_id", "source_id", "event_id", "at")
) PARTITION BY RANGE ("at");

ALTER SEQUENCE "registry_event_id_seq" OWNED BY "registry_event"."id";
CREATE INDEX "registry_event_registry_id_repository_at_idx" ON "registry_event"("registry_id", "repository", "at");
CREATE INDEX "registry_event_registry_id_actor_at_idx" ON "registry_event"("registry_id", "actor", "at");
CREATE INDEX "registry_event_registry_id_at_idx" ON "registry_event"("registry_id", "at");
CREATE INDEX "registry_event_waiting_idx" ON "registry_event" ("registry_id", "id") WHERE "applied_at" IS NULL;
CREATE INDEX "registry_event_delete_idx" ON "registry_event" ("registry_id", "repository", "digest") WHERE "action" = 'delete' AND "digest" IS NOT NULL;

-- What claims to be of another time than any partition.
CREATE TABLE "registry_event_other" PARTITION OF "registry_event" DEFAULT;

-- A partition for each week (from Monday, UTC) that touches the time between two others.
CREATE FUNCTION "ensure_event_partitions"(from_at timestamptz, to_at timestamptz) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  week timestamp := date_trunc('week', from_at AT TIME ZONE 'UTC');
  name text;
  made int := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(4711002);
  WHILE week <= to_at AT TIME ZONE 'UTC' LOOP
    name := 'registry_event_' || to_char(week, 'YYYYMMDD');
    IF to_regclass(format('%I', name)) IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF "registry_event" FOR VALUES FROM (%L) TO (%L)',
        name, to_char(week, 'YYYY-MM-DD') || ' 00:00:00+00', to_char(week + interval '7 days', 'YYYY-MM-DD') || ' 00:00:00+00');
      made := made + 1;
    END IF;
    week := week + interval '7 days';
  END LOOP;
  RETURN made;
END $$;

SELECT "ensure_event_partitions"(
  greatest(least(coalesce((SELECT min("at") FROM "registry_event_before"), now()), now() - interval '5 weeks'), now() - interval '60 weeks'),
  now() + interval '5 weeks');

-- AlterTable
ALTER TABLE "registry" ADD COLUMN     "canary_sent_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "event_source" (
    "id" SERIAL NOT NULL,
    "registry_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "cluster" TEXT,
    "secret_hash" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by_name" TEXT NOT NULL DEFAULT 'system',
    "ended_at" TIMESTAMPTZ(3),
    "last_delivery_at" TIMESTAMPTZ(3),
    "last_event_at" TIMESTAMPTZ(3),
    "canary_at" TIMESTAMPTZ(3),
    "accepted" BIGINT NOT NULL DEFAULT 0,
    "duplicate" BIGINT NOT NULL DEFAULT 0,
    "ignored" BIGINT NOT NULL DEFAULT 0,
    "unreadable" BIGINT NOT NULL DEFAULT 0,
    "conflicting" BIGINT NOT NULL DEFAULT 0,
    "last_problem" TEXT,
    "last_problem_at" TIMESTAMPTZ(3),

    CONSTRAINT "event_source_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event_source_hour" (
    "source_id" INTEGER NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "minutes" BIGINT NOT NULL,

    CONSTRAINT "event_source_hour_pkey" PRIMARY KEY ("source_id","hour")
);

-- CreateTable
CREATE TABLE "event_hour" (
    "registry_id" INTEGER NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "side" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "count" BIGINT NOT NULL,

    CONSTRAINT "event_hour_pkey" PRIMARY KEY ("registry_id","hour","side","action","cause")
);

-- CreateTable
CREATE TABLE "activity_day" (
    "registry_id" INTEGER NOT NULL,
    "day" DATE NOT NULL,
    "repository" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "pushes" INTEGER NOT NULL DEFAULT 0,
    "pulls" INTEGER NOT NULL DEFAULT 0,
    "deletes" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "activity_day_pkey" PRIMARY KEY ("registry_id","day","repository","actor")
);

-- CreateTable
CREATE TABLE "event_unreadable" (
    "id" BIGSERIAL NOT NULL,
    "source_id" INTEGER NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "sample" TEXT NOT NULL,

    CONSTRAINT "event_unreadable_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "incident" (
    "id" BIGSERIAL NOT NULL,
    "registry_id" INTEGER NOT NULL,
    "repository" TEXT NOT NULL,
    "reference" TEXT,
    "fold_key" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "family" TEXT NOT NULL,
    "subject_kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "principal" TEXT,
    "cluster" TEXT,
    "namespace" TEXT,
    "workload" TEXT,
    "addresses" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "agents" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "nodes" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "sides" JSONB NOT NULL DEFAULT '[]',
    "count" BIGINT NOT NULL,
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "recovered_at" TIMESTAMPTZ(3),
    "ended_quietly" BOOLEAN NOT NULL DEFAULT false,
    "acknowledged_at" TIMESTAMPTZ(3),
    "acknowledged_by" TEXT,
    "snoozed_until" TIMESTAMPTZ(3),
    "snoozed_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "incident_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "incident_hour" (
    "incident_id" BIGINT NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "count" BIGINT NOT NULL,

    CONSTRAINT "incident_hour_pkey" PRIMARY KEY ("incident_id","hour")
);

-- CreateTable
CREATE TABLE "failure_hour" (
    "registry_id" INTEGER NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "cause" TEXT NOT NULL,
    "count" BIGINT NOT NULL,

    CONSTRAINT "failure_hour_pkey" PRIMARY KEY ("registry_id","hour","cause")
);

-- CreateTable
CREATE TABLE "incident_comment" (
    "id" BIGSERIAL NOT NULL,
    "incident_id" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "author" TEXT NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "incident_comment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "incident_refold" (
    "id" BIGSERIAL NOT NULL,
    "registry_id" INTEGER NOT NULL,
    "repository" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "from_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "incident_refold_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "event_source_secret_hash_key" ON "event_source"("secret_hash");

-- CreateIndex
CREATE INDEX "event_source_registry_id_idx" ON "event_source"("registry_id");

-- CreateIndex
CREATE INDEX "event_unreadable_source_id_id_idx" ON "event_unreadable"("source_id", "id");

-- CreateIndex
CREATE INDEX "incident_registry_id_last_at_idx" ON "incident"("registry_id", "last_at" DESC);

-- CreateIndex
CREATE INDEX "incident_last_at_id_idx" ON "incident"("last_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "incident_updated_at_idx" ON "incident"("updated_at");

-- CreateIndex
CREATE UNIQUE INDEX "incident_registry_id_repository_fold_key_key" ON "incident"("registry_id", "repository", "fold_key");

-- CreateIndex
CREATE INDEX "incident_hour_hour_idx" ON "incident_hour"("hour");

-- CreateIndex
CREATE INDEX "incident_comment_incident_id_id_idx" ON "incident_comment"("incident_id", "id");

-- CreateIndex
CREATE INDEX "incident_refold_due_at_idx" ON "incident_refold"("due_at");

-- CreateIndex
CREATE INDEX "incident_refold_registry_id_repository_idx" ON "incident_refold"("registry_id", "repository");

-- AddForeignKey
ALTER TABLE "event_source" ADD CONSTRAINT "event_source_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registry"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_source_hour" ADD CONSTRAINT "event_source_hour_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "event_source"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_unreadable" ADD CONSTRAINT "event_unreadable_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "event_source"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incident" ADD CONSTRAINT "incident_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registry"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incident_hour" ADD CONSTRAINT "incident_hour_incident_id_fkey" FOREIGN KEY ("incident_id") REFERENCES "incident"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incident_comment" ADD CONSTRAINT "incident_comment_incident_id_fkey" FOREIGN KEY ("incident_id") REFERENCES "incident"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Every registry has these two from the start: its notifications, and what our own token endpoint refuses.
CREATE FUNCTION "add_event_sources"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "event_source" ("registry_id", "kind", "name") VALUES
    (NEW."id", 'distribution', 'Notifications'), (NEW."id", 'token-denials', 'Token endpoint');
  RETURN NULL;
END $$;
CREATE TRIGGER "registry_sources" AFTER INSERT ON "registry" FOR EACH ROW EXECUTE FUNCTION "add_event_sources"();

INSERT INTO "event_source" ("registry_id", "kind", "name", "last_delivery_at", "unreadable", "conflicting")
SELECT "id", 'distribution', 'Notifications', "last_event_at", "unreadable_events", "conflicting_events" FROM "registry"
UNION ALL SELECT "id", 'token-denials', 'Token endpoint', NULL, 0, 0 FROM "registry";

INSERT INTO "registry_event" ("id", "registry_id", "source_id", "event_id", "side", "action", "repository", "tag", "digest",
  "media_type", "actor", "address", "agent", "at", "last_at", "received_at", "raw", "applied_at")
SELECT b."id", b."registry_id", s."id", b."event_id", 'notification', b."action", b."repository", b."tag", b."digest",
  b."media_type", b."actor", b."address", b."agent", b."at", b."at", b."received_at", b."raw", b."applied_at"
FROM "registry_event_before" b JOIN "event_source" s ON s."registry_id" = b."registry_id" AND s."kind" = 'distribution'
WHERE NOT b."own";

INSERT INTO "event_hour" ("registry_id", "hour", "side", "action", "cause", "count")
SELECT "registry_id", date_trunc('hour', "at", 'UTC'), "side", "action", '', count(*) FROM "registry_event" GROUP BY 1, 2, 3, 4;

INSERT INTO "activity_day" ("registry_id", "day", "repository", "actor", "pushes", "pulls", "deletes")
SELECT "registry_id", (least("at", "received_at" + interval '5 minutes') AT TIME ZONE 'UTC')::date, "repository", coalesce("actor", ''),
  count(*) FILTER (WHERE "action" = 'push' AND "tag" IS NOT NULL), count(*) FILTER (WHERE "action" = 'pull'),
  count(*) FILTER (WHERE "action" = 'delete')
FROM "registry_event" WHERE "applied_at" IS NOT NULL AND "repository" IS NOT NULL GROUP BY 1, 2, 3, 4;

DROP TABLE "registry_event_before";
