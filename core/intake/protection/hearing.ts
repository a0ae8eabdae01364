import type { RecordFault, SourceRecord } from '../../connector/connector.ts';
import { RefusedFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Glimpse, InboundContext, InboundMapping } from '../../mapping/compiled.ts';
import type { JsonObject, Place, Problem } from '../../message/message.ts';
import type { IntakeContext } from '../intake-task.ts';
import { isMade } from '../stream/blame.ts';
import type { Protections } from './protections.ts';

/** Where a record stands. */
type At = Pick<Place, 'file' | 'line'>;

/** Hears the words of protection in records that are set aside or deleted. */
export class Hearing {
  readonly #module: string;
  readonly #context: IntakeContext;
  readonly #mapping: InboundContext;
  readonly #protections: Protections;
  readonly #unheard: At[] = [];

  constructor(
    module: string,
    context: IntakeContext,
    mapping: InboundContext,
    protections: Protections,
  ) {
    this.#module = module;
    this.#context = context;
    this.#mapping = mapping;
    this.#protections = protections;
  }

  /**
   * What a record says of protection counts also where the record itself does not. `unread` holds
   * values that are none of their columns: they may be words of protection, and are no ids.
   */
  hear(
    value: JsonObject,
    mapping: InboundMapping,
    isSetAside: boolean,
    at?: At,
    unread: JsonObject = {},
  ) {
    const about = aboutIn(value, unread, mapping, this.#mapping);
    const source = this.#module;
    for (const { entity, content } of about) {
      this.#protections.hear({ entity, source, content, file: at?.file ?? '' }, isSetAside);
    }
    const isOfNobody =
      isSetAside && about.length === 0 && this.#isSaidIn({ ...value, ...unread }, mapping);
    if (isOfNobody && at !== undefined) this.#unheard.push(at);
    return about;
  }

  /** Of what stands beside a value that is read a word of protection counts, and nothing else. */
  hearOthers({ others = [], ...at }: SourceRecord, mappings: readonly InboundMapping[]): void {
    for (const value of others) for (const one of mappings) this.hear(value, one, false, at);
  }

  /**
   * Of a row whose values may be anywhere, a word counts that stands in a reading which makes a
   * record of somebody who is known; where none does, a person is told that there is one.
   */
  async hearReadings(
    { readings = [], failure: { place } }: RecordFault,
    mappings: readonly InboundMapping[],
  ): Promise<void> {
    const [source, file] = [this.#module, place?.file ?? ''];
    let isSaid = false;
    let isHeard = false;
    for (const mapping of mappings) {
      isSaid ||= readings.some((reading) => this.#isSaidIn(reading, mapping));
      for (const word of await wordsAmong(readings, mapping, this.#mapping, this.#context)) {
        isHeard = true;
        this.#protections.hear({ ...word, source, file }, true);
      }
    }
    if (isSaid && !isHeard && place !== null) this.#unheard.push(place);
  }

  remarks(): readonly Problem[] {
    return this.#unheard.slice(0, MOST_TOLD).map(({ file, line }) => {
      const text = saying('unheard', { file, line: String(line) });
      const place = { file, line, field: null };
      return new RefusedFailure('PROTECTION_UNHEARD', text, { place }).toProblem();
    });
  }

  #isSaidIn(value: JsonObject, mapping: InboundMapping): boolean {
    const protection = this.#context.canonical.get(mapping.to.kind)?.protection;
    const said = mapping.saidOfNobody(value, this.#mapping);
    return said.some((content) => protection?.isSaidIn(content) === true);
  }
}

/** What is said of whom, where the id could be read. */
export function aboutIn(
  value: JsonObject,
  unread: JsonObject,
  mapping: InboundMapping,
  inbound: InboundContext,
): readonly Glimpse[] {
  if (mapping.externalIds(value).length === 0) return [];
  return mapping.about({ ...value, ...unread }, inbound);
}

/** The words of those readings that make a record of somebody who is known. */
export async function wordsAmong(
  readings: readonly JsonObject[],
  mapping: InboundMapping,
  inbound: InboundContext,
  { canonical, store }: IntakeContext,
): Promise<readonly Pick<Glimpse, 'entity' | 'content'>[]> {
  const { kind } = mapping.to;
  const protection = canonical.get(kind)?.protection;
  const words = readings.flatMap((reading) => {
    const drafts = mapping.convert(reading, inbound);
    return isMade(drafts) ? drafts.filter((one) => protection?.isSaidIn(one.content)) : [];
  });
  const ids = [...new Set(words.map(({ entity }) => entity.id))];
  const there = new Set((await store.entities.get(kind, ids)).map(({ entity }) => entity.id));
  return words.filter(({ entity }) => there.has(entity.id));
}

const MOST_TOLD = 20;
