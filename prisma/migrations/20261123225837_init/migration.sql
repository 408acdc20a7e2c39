CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "audit_event" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT,
    "actor" TEXT NOT NULL,
    "address" TEXT,
    "agent" TEXT,
    "action" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "registry_id" INTEGER,
    "repository" TEXT,
    "outcome" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "setting" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "setting_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "user" (
    "id" UUID NOT NULL,
    "login" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT,
    "password_hash" TEXT,
    "oidc_issuer" TEXT,
    "oidc_subject" TEXT,
    "groups" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "disabled_at" TIMESTAMPTZ(3),
    "last_sign_in_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "address" TEXT,
    "agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "role_binding" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" TEXT NOT NULL,
    "registry_id" INTEGER,
    "pattern" TEXT,
    "source" TEXT NOT NULL DEFAULT 'manual',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "role_binding_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "registry_id" INTEGER,
    "pattern" TEXT,
    "owner_id" UUID,
    "source" TEXT NOT NULL DEFAULT 'console',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "team" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "team_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "team_member" (
    "team_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,

    CONSTRAINT "team_member_pkey" PRIMARY KEY ("team_id","user_id")
);

-- CreateTable
CREATE TABLE "team_pattern" (
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "registry_id" INTEGER,
    "pattern" TEXT NOT NULL,

    CONSTRAINT "team_pattern_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_limit" (
    "key" TEXT NOT NULL,
    "points" INTEGER NOT NULL,
    "resets_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rate_limit_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "registry_event" (
    "id" BIGSERIAL NOT NULL,
    "registry_id" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "repository" TEXT,
    "tag" TEXT,
    "digest" TEXT,
    "media_type" TEXT,
    "actor" TEXT,
    "address" TEXT,
    "agent" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "own" BOOLEAN NOT NULL DEFAULT false,
    "raw" JSONB NOT NULL,
    "applied_at" TIMESTAMPTZ(3),

    CONSTRAINT "registry_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "repository" (
    "id" BIGSERIAL NOT NULL,
    "registry_id" INTEGER NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "tag_count" INTEGER NOT NULL DEFAULT 0,
    "manifest_count" INTEGER NOT NULL DEFAULT 0,
    "size_bytes" BIGINT NOT NULL DEFAULT 0,
    "last_pushed_at" TIMESTAMPTZ(3),
    "last_pulled_at" TIMESTAMPTZ(3),
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "missing_since" TIMESTAMPTZ(3),

    CONSTRAINT "repository_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "repository_folder" (
    "registry_id" INTEGER NOT NULL,
    "path" TEXT COLLATE "C" NOT NULL,
    "parent_path" TEXT COLLATE "C",
    "repository_count" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "repository_folder_pkey" PRIMARY KEY ("registry_id","path")
);

-- CreateTable
CREATE TABLE "manifest" (
    "id" BIGSERIAL NOT NULL,
    "repository_id" BIGINT NOT NULL,
    "digest" TEXT COLLATE "C" NOT NULL,
    "media_type" TEXT NOT NULL,
    "artifact_type" TEXT,
    "kind" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "total_bytes" BIGINT NOT NULL DEFAULT 0,
    "os" TEXT,
    "architecture" TEXT,
    "variant" TEXT,
    "config_digest" TEXT COLLATE "C",
    "subject_digest" TEXT COLLATE "C",
    "annotations" JSONB NOT NULL DEFAULT '{}',
    "body" BYTEA NOT NULL,
    "built_at" TIMESTAMPTZ(3),
    "pushed_at" TIMESTAMPTZ(3),
    "last_pulled_at" TIMESTAMPTZ(3),
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "manifest_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "manifest_child" (
    "parent_id" BIGINT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "child_digest" TEXT COLLATE "C" NOT NULL,
    "media_type" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "role" TEXT NOT NULL,
    "os" TEXT,
    "architecture" TEXT,
    "variant" TEXT,

    CONSTRAINT "manifest_child_pkey" PRIMARY KEY ("parent_id","ordinal")
);

-- CreateTable
CREATE TABLE "blob" (
    "id" BIGSERIAL NOT NULL,
    "registry_id" INTEGER NOT NULL,
    "digest" TEXT COLLATE "C" NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "media_type" TEXT NOT NULL,

    CONSTRAINT "blob_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "manifest_blob" (
    "manifest_id" BIGINT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "blob_id" BIGINT NOT NULL,
    "role" TEXT NOT NULL,

    CONSTRAINT "manifest_blob_pkey" PRIMARY KEY ("manifest_id","ordinal")
);

-- CreateTable
CREATE TABLE "image_config" (
    "digest" TEXT COLLATE "C" NOT NULL,
    "body" JSONB NOT NULL,
    "os" TEXT,
    "architecture" TEXT,
    "variant" TEXT,
    "built_at" TIMESTAMPTZ(3),

    CONSTRAINT "image_config_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "tag" (
    "id" BIGSERIAL NOT NULL,
    "repository_id" BIGINT NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "manifest_id" BIGINT NOT NULL,
    "digest" TEXT COLLATE "C" NOT NULL,
    "total_bytes" BIGINT NOT NULL DEFAULT 0,
    "semver_key" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "pushed_at" TIMESTAMPTZ(3) NOT NULL,
    "pushed_at_seen" BOOLEAN NOT NULL DEFAULT false,
    "last_pulled_at" TIMESTAMPTZ(3),
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tag_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tag_move" (
    "id" BIGSERIAL NOT NULL,
    "repository_id" BIGINT NOT NULL,
    "tag_name" TEXT COLLATE "C" NOT NULL,
    "digest" TEXT COLLATE "C",
    "at" TIMESTAMPTZ(3) NOT NULL,
    "at_seen" BOOLEAN NOT NULL DEFAULT false,
    "actor" TEXT,
    "source" TEXT NOT NULL,
    "event_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tag_move_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sync_run" (
    "id" BIGSERIAL NOT NULL,
    "registry_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL DEFAULT 'full',
    "state" TEXT NOT NULL DEFAULT 'queued',
    "phase" TEXT NOT NULL DEFAULT 'catalog',
    "repository" TEXT,
    "cursor" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "repositories_total" INTEGER NOT NULL DEFAULT 0,
    "repositories_done" INTEGER NOT NULL DEFAULT 0,
    "tags_done" INTEGER NOT NULL DEFAULT 0,
    "manifests_done" INTEGER NOT NULL DEFAULT 0,
    "requests" INTEGER NOT NULL DEFAULT 0,
    "incomplete" TEXT,
    "error" TEXT,
    "requested_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "heartbeat_at" TIMESTAMPTZ(3),
    "fence" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "sync_run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "worker_heartbeat" (
    "id" UUID NOT NULL,
    "worker_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "worker_heartbeat_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "registry" (
    "id" SERIAL NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "credential_kind" TEXT NOT NULL DEFAULT 'none',
    "username" TEXT,
    "secret_cipher" TEXT,
    "ca_pem" TEXT,
    "pinned_realm" TEXT,
    "requests_per_second" INTEGER,
    "sync_every_minutes" INTEGER NOT NULL DEFAULT 60,
    "repository_source" TEXT NOT NULL DEFAULT 'catalog',
    "repository_names" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "protected_patterns" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "capabilities" JSONB NOT NULL DEFAULT '{}',
    "tested_at" TIMESTAMPTZ(3),
    "ingest_secret_hash" TEXT,
    "state" TEXT NOT NULL DEFAULT 'new',
    "state_detail" TEXT,
    "state_since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_synced_at" TIMESTAMPTZ(3),
    "last_swept_at" TIMESTAMPTZ(3),
    "last_event_at" TIMESTAMPTZ(3),
    "unreadable_events" INTEGER NOT NULL DEFAULT 0,
    "conflicting_events" INTEGER NOT NULL DEFAULT 0,
    "repository_count" INTEGER NOT NULL DEFAULT 0,
    "tag_count" INTEGER NOT NULL DEFAULT 0,
    "size_bytes" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "disconnected_at" TIMESTAMPTZ(3),

    CONSTRAINT "registry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "allowed_network" (
    "id" SERIAL NOT NULL,
    "cidr" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "created_by_name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "allowed_network_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "audit_event_at_id_idx" ON "audit_event"("at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "audit_event_actor_at_id_idx" ON "audit_event"("actor", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "audit_event_action_at_id_idx" ON "audit_event"("action", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "audit_event_registry_id_at_id_idx" ON "audit_event"("registry_id", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "audit_event_request_id_idx" ON "audit_event"("request_id");

-- CreateIndex
CREATE UNIQUE INDEX "user_login_key" ON "user"("login");

-- CreateIndex
CREATE UNIQUE INDEX "user_oidc_issuer_oidc_subject_key" ON "user"("oidc_issuer", "oidc_subject");

-- CreateIndex
CREATE INDEX "session_user_id_idx" ON "session"("user_id");

-- CreateIndex
CREATE INDEX "role_binding_user_id_idx" ON "role_binding"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_secret_hash_key" ON "api_key"("secret_hash");

-- CreateIndex
CREATE UNIQUE INDEX "team_slug_key" ON "team"("slug");

-- CreateIndex
CREATE INDEX "team_member_user_id_idx" ON "team_member"("user_id");

-- CreateIndex
CREATE INDEX "team_pattern_team_id_idx" ON "team_pattern"("team_id");

-- CreateIndex
CREATE INDEX "registry_event_registry_id_at_idx" ON "registry_event"("registry_id", "at");

-- CreateIndex
CREATE UNIQUE INDEX "registry_event_registry_id_source_event_id_key" ON "registry_event"("registry_id", "source", "event_id");

-- CreateIndex
CREATE UNIQUE INDEX "repository_registry_id_name_key" ON "repository"("registry_id", "name");

-- CreateIndex
CREATE INDEX "repository_folder_registry_id_parent_path_path_idx" ON "repository_folder"("registry_id", "parent_path", "path");

-- CreateIndex
CREATE INDEX "manifest_digest_idx" ON "manifest"("digest");

-- CreateIndex
CREATE INDEX "manifest_repository_id_subject_digest_idx" ON "manifest"("repository_id", "subject_digest");

-- CreateIndex
CREATE UNIQUE INDEX "manifest_repository_id_digest_key" ON "manifest"("repository_id", "digest");

-- CreateIndex
CREATE INDEX "manifest_child_child_digest_idx" ON "manifest_child"("child_digest");

-- CreateIndex
CREATE UNIQUE INDEX "blob_registry_id_digest_key" ON "blob"("registry_id", "digest");

-- CreateIndex
CREATE INDEX "manifest_blob_blob_id_idx" ON "manifest_blob"("blob_id");

-- CreateIndex
CREATE INDEX "tag_manifest_id_idx" ON "tag"("manifest_id");

-- CreateIndex
CREATE UNIQUE INDEX "tag_repository_id_name_key" ON "tag"("repository_id", "name");

-- CreateIndex
CREATE INDEX "tag_move_repository_id_tag_name_at_id_idx" ON "tag_move"("repository_id", "tag_name", "at", "id");

-- CreateIndex
CREATE INDEX "tag_move_repository_id_at_id_idx" ON "tag_move"("repository_id", "at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "tag_move_repository_id_tag_name_event_id_key" ON "tag_move"("repository_id", "tag_name", "event_id");

-- CreateIndex
CREATE INDEX "sync_run_registry_id_id_idx" ON "sync_run"("registry_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "registry_slug_key" ON "registry"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "registry_ingest_secret_hash_key" ON "registry"("ingest_secret_hash");

-- CreateIndex
CREATE UNIQUE INDEX "allowed_network_cidr_key" ON "allowed_network"("cidr");

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "role_binding" ADD CONSTRAINT "role_binding_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "user"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "team_member" ADD CONSTRAINT "team_member_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "team_member" ADD CONSTRAINT "team_member_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "team_pattern" ADD CONSTRAINT "team_pattern_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "registry_event" ADD CONSTRAINT "registry_event_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registry"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "repository" ADD CONSTRAINT "repository_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registry"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "manifest" ADD CONSTRAINT "manifest_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repository"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "manifest_child" ADD CONSTRAINT "manifest_child_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "manifest"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "blob" ADD CONSTRAINT "blob_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registry"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "manifest_blob" ADD CONSTRAINT "manifest_blob_manifest_id_fkey" FOREIGN KEY ("manifest_id") REFERENCES "manifest"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "manifest_blob" ADD CONSTRAINT "manifest_blob_blob_id_fkey" FOREIGN KEY ("blob_id") REFERENCES "blob"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tag" ADD CONSTRAINT "tag_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repository"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tag" ADD CONSTRAINT "tag_manifest_id_fkey" FOREIGN KEY ("manifest_id") REFERENCES "manifest"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tag_move" ADD CONSTRAINT "tag_move_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repository"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sync_run" ADD CONSTRAINT "sync_run_registry_id_fkey" FOREIGN KEY ("registry_id") REFERENCES "registry"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Keyset pages of repositories: each sort has its index, alone and within a registry; unknown times sort last.
CREATE INDEX "repository_name_idx" ON "repository" ("name", "id");
CREATE INDEX "repository_pushed_idx" ON "repository" ((coalesce("last_pushed_at", '-infinity'::timestamptz)), "id");
CREATE INDEX "repository_registry_pushed_idx" ON "repository" ("registry_id", (coalesce("last_pushed_at", '-infinity'::timestamptz)), "id");
CREATE INDEX "repository_pulled_idx" ON "repository" ((coalesce("last_pulled_at", '-infinity'::timestamptz)), "id");
CREATE INDEX "repository_registry_pulled_idx" ON "repository" ("registry_id", (coalesce("last_pulled_at", '-infinity'::timestamptz)), "id");
CREATE INDEX "repository_size_idx" ON "repository" ("size_bytes", "id");
CREATE INDEX "repository_registry_size_idx" ON "repository" ("registry_id", "size_bytes", "id");
CREATE INDEX "repository_tags_idx" ON "repository" ("tag_count", "id");
CREATE INDEX "repository_registry_tags_idx" ON "repository" ("registry_id", "tag_count", "id");
CREATE INDEX "repository_name_trgm_idx" ON "repository" USING gin ("name" gin_trgm_ops);

-- Keyset pages of the tags of one repository.
CREATE INDEX "tag_pushed_idx" ON "tag" ("repository_id", "pushed_at", "id");
CREATE INDEX "tag_size_idx" ON "tag" ("repository_id", "total_bytes", "id");
CREATE INDEX "tag_semver_idx" ON "tag" ("repository_id", "semver_key", "id");
CREATE INDEX "tag_pulled_idx" ON "tag" ("repository_id", (coalesce("last_pulled_at", '-infinity'::timestamptz)), "id");
CREATE INDEX "tag_name_trgm_idx" ON "tag" USING gin ("name" gin_trgm_ops);
CREATE INDEX "tag_name_idx" ON "tag" ("name", "id");
CREATE INDEX "tag_digest_idx" ON "tag" ("digest");

-- Events that wait for the inventory, and deletions by digest, which apply to whatever tag stood there.
CREATE INDEX "registry_event_waiting_idx" ON "registry_event" ("registry_id", "id") WHERE "applied_at" IS NULL;
CREATE INDEX "registry_event_delete_idx" ON "registry_event" ("registry_id", "repository", "digest") WHERE "action" = 'delete' AND "digest" IS NOT NULL;

-- Configs of a registry that are still to be read.
CREATE INDEX "manifest_config_idx" ON "manifest" ("config_digest") WHERE "config_digest" IS NOT NULL;

-- One live copy of a manifest is found by digest prefix across registries.
CREATE INDEX "manifest_subject_idx" ON "manifest" ("subject_digest") WHERE "subject_digest" IS NOT NULL;

-- A binding without registry and pattern is unique for its user and role.
CREATE UNIQUE INDEX "role_binding_unique_idx" ON "role_binding" ("user_id", "role", (coalesce("registry_id", 0)), (coalesce("pattern", '')), "source");

ALTER TABLE "role_binding" ADD CONSTRAINT "role_binding_registry_fkey" FOREIGN KEY ("registry_id") REFERENCES "registry"("id") ON DELETE CASCADE;
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_registry_fkey" FOREIGN KEY ("registry_id") REFERENCES "registry"("id") ON DELETE CASCADE;
ALTER TABLE "team_pattern" ADD CONSTRAINT "team_pattern_registry_fkey" FOREIGN KEY ("registry_id") REFERENCES "registry"("id") ON DELETE CASCADE;

-- Substring filters of the audit page: one index serves the search over all its words, and the target alone.
CREATE INDEX "audit_event_words_trgm_idx" ON "audit_event"
  USING gin (("actor" || ' ' || "action" || ' ' || "target" || ' ' || coalesce("repository", '')) gin_trgm_ops);
