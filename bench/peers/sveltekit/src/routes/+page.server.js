import { rows } from '$lib/db.js';

export const load = async () => ({ rows: await rows() });
