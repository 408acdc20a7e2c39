-- What still fails is asked for by every page that is open.
CREATE INDEX "incident_open_idx" ON "incident" ("last_at" DESC, "id" DESC) WHERE "recovered_at" IS NULL AND NOT "ended_quietly";
