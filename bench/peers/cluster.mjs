// One process a core, as somebody would run it: node cluster.mjs MODULE imports MODULE in each.
import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';

if (cluster.isPrimary) {
  for (let n = 0; n < availableParallelism(); n += 1) cluster.fork();
  process.on('SIGTERM', () => process.exit(0));
} else {
  await import(pathToFileURL(process.argv[2]).href);
}
