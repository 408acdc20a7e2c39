import pg from "pg";

/** Lets a grant be as old as no test can wait for. */
export async function ageGrant(id: string, days: number): Promise<void> {
  const client = new pg.Client({ connectionString: process.env.E2E_DATABASE_URL });
  await client.connect();
  try {
    await client.query(
      "UPDATE access_grant SET created_at = now() - make_interval(days => $2), updated_at = now() - make_interval(days => $2) WHERE id = $1",
      [id, days],
    );
  } finally {
    await client.end();
  }
}
