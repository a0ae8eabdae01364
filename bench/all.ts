import { availableParallelism, cpus, totalmem } from 'node:os';
import { benchCluster } from './cluster.ts';
import { benchEvents } from './events.ts';
import { benchFailures } from './failures.ts';
import { formatFigures } from './figures.ts';
import { benchMapping } from './mapping.ts';
import { benchCity, benchNights } from './night.ts';
import { benchOnePupil } from './one-pupil.ts';
import { benchReaders } from './readers.ts';
import { benchServed } from './served.ts';

/** `npm run bench`: every figure with its baseline, in one run; `--full` at the size of the city. */
const isFull = process.argv.includes('--full');
/** Vendors of the size of the whole city cannot be simulated in this time. */
const RUNG = 2300;
const pupils = isFull ? 140_000 : 2300;
const processor = cpus()[0]?.model ?? 'unknown processor';
const memory = Math.round(totalmem() / 2 ** 30);
console.log(`Node ${process.version}, ${availableParallelism()} x ${processor}, ${memory} GB\n`);
console.log(formatFigures('Mapping', await benchMapping()));
console.log();
const nights = isFull ? await benchCity(pupils) : await benchNights(pupils);
console.log(formatFigures(`A city with ${pupils} pupils`, nights));
console.log();
console.log(formatFigures(`One changed pupil of ${RUNG}`, await benchOnePupil(RUNG)));
console.log();
console.log(formatFigures('An absence by day', await benchEvents()));
console.log();
console.log(formatFigures('100,000 failures', await benchFailures()));
console.log();
console.log(formatFigures('A night that is watched', await benchReaders(2300)));
console.log();
console.log(formatFigures('50,000 persons, fetched by SS 12000', await benchServed()));
console.log();
const cluster = await benchCluster(500);
if (cluster === null) console.log('No MongoDB or no RabbitMQ: a cluster was not measured.');
else console.log(formatFigures('A cluster of this machine', cluster));
