import { randomUUID } from 'node:crypto';
import {
  type Context,
  failureOfStatus,
  type HttpClient,
  isHtml,
  RefusedFailure,
  saying,
  TransientFailure,
} from '../../core/plugin.ts';
import { type ImportReport, readReport } from './import-report.ts';

export interface ServiceLimits {
  readonly authKey: string;
  /** Between two questions for a report. */
  readonly pollMs: number;
  /** How long an import may take. */
  readonly importMs: number;
}

/**
 * An import service of Fronter's kind: documents go by POSTFILE, are taken in some time later, and
 * STATUS tells what became of the last one.
 */
export class ImportService {
  readonly #client: HttpClient;
  readonly #limits: ServiceLimits;
  readonly #world: Pick<Context, 'now' | 'sleep'>;

  constructor(
    client: HttpClient,
    limits: ServiceLimits,
    { now, sleep }: Pick<Context, 'now' | 'sleep'>,
  ) {
    this.#client = client;
    this.#limits = limits;
    this.#world = { now, sleep };
  }

  /**
   * Hands a document over, waits until it has been taken in, and answers the report. Throws a
   * Failure where nothing can be said of any of its elements.
   */
  async take(document: string, signal: AbortSignal): Promise<ImportReport> {
    // A name that it has seen before is taken for a file that it has read before.
    const file = `skolnav-${randomUUID()}.xml`;
    await this.#post(`POSTFILE\n${file}\n${document}`, 'hand over a document', signal);
    const until = this.#world.now() + this.#limits.importMs;
    for (;;) {
      await this.#world.sleep(this.#limits.pollMs, signal);
      const status = await this.#post('STATUS\n', 'ask for the report of an import', signal);
      const report = readReport(status);
      if (report?.file === file) return sound(report);
      if (this.#world.now() < until) continue;
      const seconds = this.#limits.importMs / 1000;
      throw new TransientFailure('TIMEOUT', saying('documentLate', { seconds }));
    }
  }

  async #post(body: string, what: string, signal: AbortSignal): Promise<string> {
    const answer = await this.#client.send({
      method: 'POST',
      path: `/?authkey=${encodeURIComponent(this.#limits.authKey)}`,
      // The body is no form: the service wants it so.
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: '*/*' },
      ...{ body, signal },
    });
    if (answer.status !== 200 || isHtml(answer)) throw failureOfStatus(answer, what);
    return answer.text;
  }
}

function sound(report: ImportReport): ImportReport {
  if (report.isSkipped) {
    throw new TransientFailure('TARGET_BUSY', saying('documentLeft', {}));
  }
  // Why is not told on: it may quote any of the persons in it.
  if (report.isRefused) {
    throw new RefusedFailure('TARGET_REFUSED', saying('documentRefused', {}));
  }
  return report;
}
