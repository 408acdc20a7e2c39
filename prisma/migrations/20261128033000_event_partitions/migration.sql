-- A partition for each week (from Monday, UTC) that touches the time between two others. What claimed to be of a week
-- before it had one lies in registry_event_other, and moves into it.
CREATE OR REPLACE FUNCTION "ensure_event_partitions"(from_at timestamptz, to_at timestamptz) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  week timestamp := date_trunc('week', from_at AT TIME ZONE 'UTC');
  name text;
  begins timestamptz;
  ends timestamptz;
  made int := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(4711002);
  WHILE week <= to_at AT TIME ZONE 'UTC' LOOP
    name := 'registry_event_' || to_char(week, 'YYYYMMDD');
    IF to_regclass(format('%I', name)) IS NULL THEN
      begins := week AT TIME ZONE 'UTC';
      ends := (week + interval '7 days') AT TIME ZONE 'UTC';
      -- Nobody adds to it between the look and the new partition.
      LOCK TABLE "registry_event" IN SHARE ROW EXCLUSIVE MODE;
      IF EXISTS (SELECT FROM "registry_event_other" WHERE "at" >= begins AND "at" < ends) THEN
        EXECUTE format('CREATE TABLE %I (LIKE "registry_event" INCLUDING ALL)', name);
        EXECUTE format('WITH moved AS (DELETE FROM "registry_event_other" WHERE "at" >= %L AND "at" < %L RETURNING *)
          INSERT INTO %I SELECT * FROM moved', begins, ends, name);
        EXECUTE format('ALTER TABLE "registry_event" ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name, begins, ends);
      ELSE
        EXECUTE format('CREATE TABLE %I PARTITION OF "registry_event" FOR VALUES FROM (%L) TO (%L)', name, begins, ends);
      END IF;
      made := made + 1;
    END IF;
    week := week + interval '7 days';
  END LOOP;
  RETURN made;
END $$;
