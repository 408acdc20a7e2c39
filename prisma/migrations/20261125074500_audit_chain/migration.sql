-- CreateTable
CREATE TABLE "audit_link" (
    "seq" BIGINT NOT NULL,
    "event_id" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_link_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "audit_chain_head" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "seq" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_chain_head_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "audit_link_event_id_key" ON "audit_link"("event_id");

INSERT INTO "audit_chain_head" ("id", "seq", "hash") VALUES (1, 0, decode(repeat('00', 32), 'hex'));

-- A field with its length in bytes before it, so that no two rows have the same text.
CREATE FUNCTION "audit_field"(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN value IS NULL THEN '-' ELSE octet_length(convert_to(value, 'UTF8')) || ':' || value END
$$;

-- What is hashed of a row; lib/audit/rules-chain.ts puts the same together.
CREATE FUNCTION "audit_text"(e "audit_event") RETURNS text LANGUAGE sql STABLE AS $$
  SELECT "audit_field"(e."id"::text)
    || "audit_field"(round(extract(epoch FROM e."at") * 1000)::bigint::text)
    || "audit_field"(e."actor_kind") || "audit_field"(e."actor_id") || "audit_field"(e."actor")
    || "audit_field"(e."address") || "audit_field"(e."agent") || "audit_field"(e."action")
    || "audit_field"(e."target") || "audit_field"(e."registry_id"::text) || "audit_field"(e."repository")
    || "audit_field"(e."outcome") || "audit_field"(e."request_id")
    || "audit_field"(e."before"::text) || "audit_field"(e."after"::text)
$$;

CREATE FUNCTION "link_audit_row"(e "audit_event") RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  head "audit_chain_head";
BEGIN
  SELECT * INTO STRICT head FROM "audit_chain_head" WHERE "id" = 1 FOR UPDATE;
  head."seq" := head."seq" + 1;
  head."hash" := sha256(head."hash" || convert_to("audit_text"(e), 'UTF8'));
  INSERT INTO "audit_link" ("seq", "event_id", "hash") VALUES (head."seq", e."id", head."hash");
  UPDATE "audit_chain_head" SET "seq" = head."seq", "hash" = head."hash" WHERE "id" = 1;
END $$;

-- What was recorded before there was a chain.
DO $$
DECLARE
  e "audit_event";
BEGIN
  FOR e IN SELECT * FROM "audit_event" ORDER BY "id" LOOP
    PERFORM "link_audit_row"(e);
  END LOOP;
END $$;

CREATE FUNCTION "link_audit_event"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "link_audit_row"(NEW);
  RETURN NULL;
END $$;

-- Deferred to the commit: the head is locked last of all and only for a moment, so that changes neither wait for each
-- other for long nor lock each other out.
CREATE CONSTRAINT TRIGGER "audit_chain" AFTER INSERT ON "audit_event" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION "link_audit_event"();
