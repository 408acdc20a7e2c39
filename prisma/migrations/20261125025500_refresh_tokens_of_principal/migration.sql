-- CreateIndex
CREATE INDEX "refresh_token_principal_id_created_at_idx" ON "refresh_token"("principal_id", "created_at");
