-- CreateTable
CREATE TABLE "alert_rule" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "registry_id" INTEGER,
    "pattern" TEXT,
    "more_than" INTEGER,
    "minutes" INTEGER,
    "cool_down_minutes" INTEGER NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "enabled_at" TIMESTAMPTZ(3) NOT NULL,
    "evaluated_at" TIMESTAMPTZ(3),
    "channel_kind" TEXT NOT NULL,
    "channel_name" TEXT NOT NULL,
    "channel_target" TEXT NOT NULL,
    "recipients" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "channel_cipher" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by_name" TEXT NOT NULL,

    CONSTRAINT "alert_rule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert" (
    "rule_id" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "told" BOOLEAN NOT NULL,
    "noticed_at" TIMESTAMPTZ(3),
    "occurrence" JSONB NOT NULL,

    CONSTRAINT "alert_pkey" PRIMARY KEY ("rule_id","subject")
);

-- CreateTable
CREATE TABLE "alert_delivery" (
    "id" UUID NOT NULL,
    "rule_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "message" JSONB NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "alert_delivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert_attempt" (
    "id" BIGSERIAL NOT NULL,
    "delivery_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "outcome" TEXT NOT NULL,
    "status" INTEGER,

    CONSTRAINT "alert_attempt_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "alert_rule_created_at_id_idx" ON "alert_rule"("created_at", "id");

-- CreateIndex
CREATE INDEX "alert_delivery_rule_id_created_at_id_idx" ON "alert_delivery"("rule_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "alert_delivery_created_at_id_idx" ON "alert_delivery"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "alert_attempt_delivery_id_id_idx" ON "alert_attempt"("delivery_id", "id");

-- AddForeignKey
ALTER TABLE "alert_rule" ADD CONSTRAINT "alert_rule_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registry"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert" ADD CONSTRAINT "alert_rule_id_fkey" FOREIGN KEY ("rule_id") REFERENCES "alert_rule"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert_delivery" ADD CONSTRAINT "alert_delivery_rule_id_fkey" FOREIGN KEY ("rule_id") REFERENCES "alert_rule"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert_attempt" ADD CONSTRAINT "alert_attempt_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "alert_delivery"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Checks that say in the database what the code keeps to.
ALTER TABLE "alert" ADD CONSTRAINT "alert_state_check" CHECK ("state" IN ('firing', 'resolved'));
ALTER TABLE "alert_delivery" ADD CONSTRAINT "alert_delivery_state_check" CHECK ("state" IN ('waiting', 'delivered', 'given-up'));

-- Whether somebody pushed somewhere before.
CREATE INDEX "activity_day_pushes_idx" ON "activity_day"("registry_id", "repository", "actor", "day") WHERE "pushes" > 0;
-- Notices that are still to be sent.
CREATE INDEX "alert_delivery_waiting_idx" ON "alert_delivery"("created_at") WHERE "state" = 'waiting';
