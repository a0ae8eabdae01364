import {
  type ApiAnswer,
  type ApiRequest,
  type JsonObject,
  type ServedApi,
  type ServedContext,
  servedByKeys,
} from '../../../core/plugin.ts';
import { answerDeleted } from './deleted-entities.ts';
import { Entities, LISTS } from './entities.ts';
import { takeLogEntry, takeStatistics } from './feedback.ts';
import { BadRequest, readShown, refuseUnknown } from './list-query.ts';
import { answerList } from './lists.ts';
import { answerLookup } from './lookups.ts';
import { Subscriptions } from './subscriptions.ts';

/** A provider of SS 12000, API 2.1.0, over the ledger of one client's target. */
export class Ss12000Api implements ServedApi {
  readonly base = 'v2.0';
  readonly #context: ServedContext;
  readonly #entities: Entities;
  readonly #subscriptions: Subscriptions;

  /** `callbackHosts` are those that a client's call-backs may go to. */
  constructor(context: ServedContext, callbackHosts: readonly string[]) {
    this.#context = context;
    this.#entities = new Entities(context);
    this.#subscriptions = new Subscriptions(context, callbackHosts);
  }

  async answer(request: ApiRequest): Promise<ApiAnswer> {
    try {
      return await this.#answer(request);
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      return { status: 400, body: this.refusal(400, error.message) };
    }
  }

  refusal(status: number, message: string): JsonObject {
    return { code: String(status), message };
  }

  tell(signal: AbortSignal): Promise<void> {
    return this.#subscriptions.tell(signal);
  }

  #answer(request: ApiRequest): Promise<ApiAnswer> {
    const { path, method } = request;
    const [name = ''] = path;
    switch (name) {
      case 'subscriptions':
        return this.#subscriptions.answer(request);
      case 'deletedEntities':
        return this.#only('GET', path.length === 1, method, () =>
          answerDeleted(request, this.#context),
        );
      case 'log':
      case 'statistics':
        return this.#only('POST', path.length === 1, method, async () => {
          const take = name === 'log' ? takeLogEntry : takeStatistics;
          return take(request.body, this.#context.log);
        });
      default:
        return LISTS.some((list) => list === name)
          ? this.#answerList(name, request)
          : Promise.resolve({ status: 404 });
    }
  }

  #answerList(list: string, request: ApiRequest): Promise<ApiAnswer> {
    const { path, method } = request;
    const [, id, ...more] = path;
    const { objects } = this.#context;
    if (id === undefined) {
      return this.#only('GET', true, method, () =>
        answerList(list, request, this.#entities, this.#context),
      );
    }
    if (id === 'lookup') {
      return this.#only('POST', more.length === 0, method, () =>
        answerLookup(list, request, this.#entities, objects),
      );
    }
    return this.#only('GET', more.length === 0, method, () => this.#one(list, id, request));
  }

  async #one(list: string, id: string, { query }: ApiRequest): Promise<ApiAnswer> {
    refuseUnknown(query, new Set(['expand', 'expandReferenceNames']));
    const shown = readShown(list, query);
    const rows = await servedByKeys(this.#context.objects, list, [id]);
    const [entity] = await this.#entities.of(list, rows, shown);
    return entity === undefined ? { status: 404 } : { status: 200, body: entity };
  }

  async #only(
    allowed: string,
    isThere: boolean,
    method: string,
    answer: () => Promise<ApiAnswer>,
  ): Promise<ApiAnswer> {
    if (!isThere) return { status: 404 };
    if (method === allowed) return answer();
    const body = this.refusal(405, `only ${allowed} is answered here`);
    return { status: 405, headers: { allow: allowed }, body };
  }
}
