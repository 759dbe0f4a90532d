// The rows of the table, from the same transaction as Fettle's: the staff role, the organisation, one SELECT under row-level security.
import { readFileSync } from 'node:fs';
import pg from 'pg';

const sql = readFileSync(process.env.BENCH_SQL, 'utf8');
const org = process.env.BENCH_ORG;
// PGHOST, PGUSER and PGDATABASE say where.
const pool = new pg.Pool({ max: Number(process.env.BENCH_POOL ?? 8) });

export async function rows() {
  const client = await pool.connect();
  try {
    await client.query(`begin; set local role fettle_staff; set local app.org_id = '${org}'; set local app.now = '${new Date().toISOString()}'`);
    const { rows } = await client.query({ name: 'rows', text: sql });
    await client.query('rollback');
    return rows;
  } finally {
    client.release();
  }
}
