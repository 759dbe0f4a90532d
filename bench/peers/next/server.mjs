// `next start` without its own process handling, so that cluster.mjs can run one a core.
import { createServer } from 'node:http';
import next from 'next';

const app = next({ dev: false, dir: import.meta.dirname, port: Number(process.env.PORT), hostname: '127.0.0.1' });
await app.prepare();
createServer(app.getRequestHandler()).listen(Number(process.env.PORT), '127.0.0.1');
