-- What a fold came to, so that only what changed is written again.
ALTER TABLE "incident" ADD COLUMN "fold_hash" TEXT;
