-- AlterTable
ALTER TABLE "user" ADD COLUMN     "groups_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "registry" ADD COLUMN     "changed_version" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "enforcement" TEXT NOT NULL DEFAULT 'off',
ADD COLUMN     "enforcement_at" TIMESTAMPTZ(3),
ADD COLUMN     "enforcement_check" JSONB,
ADD COLUMN     "token_mode" TEXT NOT NULL DEFAULT 'certificate';

-- CreateTable
CREATE TABLE "access_principal" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "user_id" UUID,
    "owner_id" UUID,
    "disabled_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "changed_version" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "access_principal_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "access_secret" (
    "id" UUID NOT NULL,
    "principal_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "changed_version" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "access_secret_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "secret_use" (
    "secret_id" UUID NOT NULL,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL,
    "last_address" TEXT,
    "last_agent" TEXT,
    "use_count" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "secret_use_pkey" PRIMARY KEY ("secret_id")
);

-- CreateTable
CREATE TABLE "trust_rule" (
    "id" UUID NOT NULL,
    "principal_id" UUID NOT NULL,
    "issuer" TEXT NOT NULL,
    "audience" TEXT NOT NULL,
    "subject_pattern" TEXT NOT NULL,
    "claims" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "changed_version" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "trust_rule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "access_grant" (
    "id" UUID NOT NULL,
    "principal_id" UUID NOT NULL,
    "registry_id" INTEGER NOT NULL,
    "pattern" TEXT,
    "actions" TEXT[],
    "reason" TEXT NOT NULL DEFAULT '',
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "source" TEXT NOT NULL DEFAULT 'console',
    "revoked_at" TIMESTAMPTZ(3),
    "revoked_by" TEXT,
    "replaces_id" UUID,
    "changed_version" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "access_grant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "grant_use" (
    "grant_id" UUID NOT NULL,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL,
    "use_count" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "grant_use_pkey" PRIMARY KEY ("grant_id")
);

-- CreateTable
CREATE TABLE "access_use_day" (
    "day" DATE NOT NULL,
    "registry_id" INTEGER NOT NULL,
    "principal_id" UUID NOT NULL,
    "repository" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "grant_id" UUID NOT NULL,
    "use_count" BIGINT NOT NULL DEFAULT 0,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "access_use_day_pkey" PRIMARY KEY ("grant_id","day","repository","action","principal_id")
);

-- CreateTable
CREATE TABLE "protection_pusher" (
    "registry_id" INTEGER NOT NULL,
    "pattern" TEXT NOT NULL,
    "principal_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,

    CONSTRAINT "protection_pusher_pkey" PRIMARY KEY ("registry_id","pattern","principal_id")
);

-- CreateTable
CREATE TABLE "access_request" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "registry_id" INTEGER NOT NULL,
    "pattern" TEXT NOT NULL,
    "actions" TEXT[],
    "reason" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decided_at" TIMESTAMPTZ(3),
    "decided_by" TEXT,
    "decision" TEXT,
    "grant_id" UUID,

    CONSTRAINT "access_request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signing_key" (
    "id" UUID NOT NULL,
    "registry_id" INTEGER NOT NULL,
    "kid" TEXT NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "private_cipher" TEXT NOT NULL,
    "root_pem" TEXT,
    "root_cipher" TEXT,
    "leaf_pem" TEXT,
    "leaf_expires_at" TIMESTAMPTZ(3),
    "state" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "activated_at" TIMESTAMPTZ(3),
    "retired_at" TIMESTAMPTZ(3),
    "changed_version" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "signing_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "refresh_token" (
    "id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "registry_id" INTEGER NOT NULL,
    "principal_id" UUID NOT NULL,
    "secret_id" UUID,
    "trust_rule_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "refresh_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "token_denial" (
    "id" BIGSERIAL NOT NULL,
    "fold_key" TEXT NOT NULL,
    "registry_id" INTEGER,
    "principal_id" UUID,
    "account" TEXT,
    "type" TEXT,
    "repository" TEXT,
    "actions" TEXT[],
    "address" TEXT,
    "agent" TEXT,
    "reason" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "count" BIGINT NOT NULL DEFAULT 1,
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "token_denial_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "access_version" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "version" BIGINT NOT NULL DEFAULT 1,
    "reset_version" BIGINT NOT NULL DEFAULT 1,

    CONSTRAINT "access_version_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "access_principal_user_id_key" ON "access_principal"("user_id");

-- CreateIndex
CREATE INDEX "access_principal_changed_version_idx" ON "access_principal"("changed_version");

-- CreateIndex
CREATE INDEX "access_principal_owner_id_idx" ON "access_principal"("owner_id");

-- CreateIndex
CREATE UNIQUE INDEX "access_principal_kind_name_key" ON "access_principal"("kind", "name");

-- CreateIndex
CREATE UNIQUE INDEX "access_secret_secret_hash_key" ON "access_secret"("secret_hash");

-- CreateIndex
CREATE INDEX "access_secret_principal_id_idx" ON "access_secret"("principal_id");

-- CreateIndex
CREATE INDEX "access_secret_changed_version_idx" ON "access_secret"("changed_version");

-- CreateIndex
CREATE INDEX "trust_rule_principal_id_idx" ON "trust_rule"("principal_id");

-- CreateIndex
CREATE INDEX "trust_rule_changed_version_idx" ON "trust_rule"("changed_version");

-- CreateIndex
CREATE INDEX "access_grant_principal_id_idx" ON "access_grant"("principal_id");

-- CreateIndex
CREATE INDEX "access_grant_registry_id_pattern_idx" ON "access_grant"("registry_id", "pattern");

-- CreateIndex
CREATE INDEX "access_grant_changed_version_idx" ON "access_grant"("changed_version");

-- CreateIndex
CREATE INDEX "access_use_day_registry_id_principal_id_day_idx" ON "access_use_day"("registry_id", "principal_id", "day");

-- CreateIndex
CREATE INDEX "protection_pusher_principal_id_idx" ON "protection_pusher"("principal_id");

-- CreateIndex
CREATE INDEX "access_request_state_created_at_idx" ON "access_request"("state", "created_at");

-- CreateIndex
CREATE INDEX "access_request_user_id_idx" ON "access_request"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "signing_key_kid_key" ON "signing_key"("kid");

-- CreateIndex
CREATE INDEX "signing_key_registry_id_state_idx" ON "signing_key"("registry_id", "state");

-- CreateIndex
CREATE INDEX "signing_key_changed_version_idx" ON "signing_key"("changed_version");

-- CreateIndex
CREATE UNIQUE INDEX "refresh_token_token_hash_key" ON "refresh_token"("token_hash");

-- CreateIndex
CREATE INDEX "refresh_token_expires_at_idx" ON "refresh_token"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "token_denial_fold_key_key" ON "token_denial"("fold_key");

-- CreateIndex
CREATE INDEX "token_denial_last_at_id_idx" ON "token_denial"("last_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "token_denial_registry_id_repository_last_at_idx" ON "token_denial"("registry_id", "repository", "last_at" DESC);

-- CreateIndex
CREATE INDEX "token_denial_principal_id_last_at_idx" ON "token_denial"("principal_id", "last_at" DESC);

-- AddForeignKey
ALTER TABLE "access_principal" ADD CONSTRAINT "access_principal_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_principal" ADD CONSTRAINT "access_principal_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "user"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_secret" ADD CONSTRAINT "access_secret_principal_id_fkey" FOREIGN KEY ("principal_id") REFERENCES "access_principal"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "secret_use" ADD CONSTRAINT "secret_use_secret_id_fkey" FOREIGN KEY ("secret_id") REFERENCES "access_secret"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trust_rule" ADD CONSTRAINT "trust_rule_principal_id_fkey" FOREIGN KEY ("principal_id") REFERENCES "access_principal"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_principal_id_fkey" FOREIGN KEY ("principal_id") REFERENCES "access_principal"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registry"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "grant_use" ADD CONSTRAINT "grant_use_grant_id_fkey" FOREIGN KEY ("grant_id") REFERENCES "access_grant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "protection_pusher" ADD CONSTRAINT "protection_pusher_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registry"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "protection_pusher" ADD CONSTRAINT "protection_pusher_principal_id_fkey" FOREIGN KEY ("principal_id") REFERENCES "access_principal"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_request" ADD CONSTRAINT "access_request_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_request" ADD CONSTRAINT "access_request_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registry"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "signing_key" ADD CONSTRAINT "signing_key_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registry"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refresh_token" ADD CONSTRAINT "refresh_token_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registry"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "token_denial" ADD CONSTRAINT "token_denial_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registry"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Names of groups and logins are found by name; one word for each actions list.
ALTER TABLE "access_principal" ADD CONSTRAINT "access_principal_kind_check"
  CHECK ("kind" IN ('user', 'group', 'robot', 'workload', 'built-in') AND ("kind" = 'user') = ("user_id" IS NOT NULL));
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_actions_check"
  CHECK (cardinality("actions") > 0 AND (("pattern" IS NULL AND "actions" = ARRAY['catalog'])
    OR ("pattern" IS NOT NULL AND "actions" <@ ARRAY['pull', 'push', 'delete'])));
ALTER TABLE "registry" ADD CONSTRAINT "registry_enforcement_check"
  CHECK ("enforcement" IN ('off', 'on', 'suspended') AND "token_mode" IN ('certificate', 'jwks', 'key'));
CREATE UNIQUE INDEX "signing_key_current_idx" ON "signing_key" ("registry_id") WHERE "state" = 'current';

INSERT INTO "access_version" ("id") VALUES (1);
INSERT INTO "access_principal" ("id", "kind", "name", "description", "created_by") VALUES
  ('00000000-0000-7000-8000-000000000001', 'built-in', 'everyone', 'Anybody, signed in or not. May pull only.', 'system'),
  ('00000000-0000-7000-8000-000000000002', 'built-in', 'signed-in', 'Anybody who signs in to the registry. May pull only.', 'system'),
  ('00000000-0000-7000-8000-000000000003', 'built-in', 'console', 'This console: reads the registry, and does what signed-in people ask of it.', 'system');

-- The version is raised once in each transaction that changes access. Its row stays locked until the commit, so
-- versions become visible in their order, and whoever has read up to one has read everything before it.
CREATE FUNCTION "raise_access_version"() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  known text := current_setting('wharfinger.access_version', true);
  raised bigint;
BEGIN
  IF known IS NOT NULL AND known <> '' THEN RETURN known::bigint; END IF;
  UPDATE "access_version" SET "version" = "version" + 1 WHERE "id" = 1 RETURNING "version" INTO raised;
  PERFORM set_config('wharfinger.access_version', raised::text, true);
  RETURN raised;
END $$;

CREATE FUNCTION "mark_access_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."changed_version" := "raise_access_version"();
  RETURN NEW;
END $$;
CREATE TRIGGER "access_change" BEFORE INSERT OR UPDATE ON "access_principal" FOR EACH ROW EXECUTE FUNCTION "mark_access_change"();
CREATE TRIGGER "access_change" BEFORE INSERT OR UPDATE ON "access_secret" FOR EACH ROW EXECUTE FUNCTION "mark_access_change"();
CREATE TRIGGER "access_change" BEFORE INSERT OR UPDATE OF "principal_id", "issuer", "audience", "subject_pattern", "claims", "revoked_at"
  ON "trust_rule" FOR EACH ROW EXECUTE FUNCTION "mark_access_change"();
CREATE TRIGGER "access_change" BEFORE INSERT OR UPDATE ON "access_grant" FOR EACH ROW EXECUTE FUNCTION "mark_access_change"();
CREATE TRIGGER "access_change" BEFORE INSERT OR UPDATE ON "signing_key" FOR EACH ROW EXECUTE FUNCTION "mark_access_change"();
CREATE TRIGGER "access_change_new" BEFORE INSERT ON "registry" FOR EACH ROW EXECUTE FUNCTION "mark_access_change"();
CREATE TRIGGER "access_change" BEFORE UPDATE ON "registry" FOR EACH ROW
  WHEN ((OLD."slug", OLD."token_mode", OLD."enforcement", OLD."protected_patterns", OLD."disconnected_at", OLD."changed_version")
    IS DISTINCT FROM
    (NEW."slug", NEW."token_mode", NEW."enforcement", NEW."protected_patterns", NEW."disconnected_at", NEW."changed_version"))
  EXECUTE FUNCTION "mark_access_change"();

CREATE FUNCTION "mark_pushers_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "registry" SET "changed_version" = -1 WHERE "id" IN (NEW."registry_id", OLD."registry_id");
  RETURN NULL;
END $$;
CREATE TRIGGER "access_change" AFTER INSERT OR UPDATE OR DELETE ON "protection_pusher" FOR EACH ROW EXECUTE FUNCTION "mark_pushers_change"();

CREATE FUNCTION "mark_user_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "access_principal" SET "changed_version" = -1 WHERE "user_id" = NEW."id";
  RETURN NULL;
END $$;
CREATE TRIGGER "access_change" AFTER UPDATE OF "login", "disabled_at", "groups", "groups_at" ON "user" FOR EACH ROW EXECUTE FUNCTION "mark_user_change"();

CREATE FUNCTION "mark_access_loss"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  raised bigint := "raise_access_version"();
BEGIN
  UPDATE "access_version" SET "reset_version" = raised WHERE "id" = 1;
  RETURN NULL;
END $$;
CREATE TRIGGER "access_loss" AFTER DELETE OR TRUNCATE ON "access_principal" FOR EACH STATEMENT EXECUTE FUNCTION "mark_access_loss"();
CREATE TRIGGER "access_loss" AFTER DELETE OR TRUNCATE ON "access_secret" FOR EACH STATEMENT EXECUTE FUNCTION "mark_access_loss"();
CREATE TRIGGER "access_loss" AFTER DELETE OR TRUNCATE ON "trust_rule" FOR EACH STATEMENT EXECUTE FUNCTION "mark_access_loss"();
CREATE TRIGGER "access_loss" AFTER DELETE OR TRUNCATE ON "access_grant" FOR EACH STATEMENT EXECUTE FUNCTION "mark_access_loss"();
CREATE TRIGGER "access_loss" AFTER DELETE OR TRUNCATE ON "signing_key" FOR EACH STATEMENT EXECUTE FUNCTION "mark_access_loss"();
CREATE TRIGGER "access_loss" AFTER DELETE OR TRUNCATE ON "registry" FOR EACH STATEMENT EXECUTE FUNCTION "mark_access_loss"();
