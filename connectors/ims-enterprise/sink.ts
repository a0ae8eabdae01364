import {
  type Context,
  Failure,
  type Layout,
  type ObjectSink,
  type Operation,
  type Outcome,
  type WriteRules,
} from '../../core/plugin.ts';
import { Documents, type WrittenOperation } from './documents.ts';
import type { ImportReport, Note } from './import-report.ts';
import type { ImportService } from './import-service.ts';
import { isUnknown, notesOf, outcomeOf, unbelievable } from './verdicts.ts';

/** Tells an import service of single objects: one document a call, one verdict an object. */
export class DocumentSink implements ObjectSink {
  readonly mode = 'operations';
  readonly #service: ImportService;
  readonly #layout: Layout;
  readonly #rules: WriteRules;
  readonly #now: () => number;

  constructor(
    service: ImportService,
    layout: Layout,
    rules: WriteRules,
    { now }: Pick<Context, 'now'>,
  ) {
    this.#service = service;
    this.#layout = layout;
    this.#rules = rules;
    this.#now = now;
  }

  async apply(operations: readonly Operation[], signal: AbortSignal): Promise<readonly Outcome[]> {
    signal.throwIfAborted();
    const [first] = operations;
    if (first === undefined) return [];
    const documents = new Documents(first.objectKind, this.#layout, this.#rules, this.#now());
    // What it holds of an object in doubt is not known: told as new, it is there afterwards.
    const isNew = ({ previous }: Operation) => previous === null;
    const outcomes = await this.#tell(documents, operations, isNew, signal);
    const lost = operations.filter((one) => outcomes.get(one) === LOST);
    const anew = await this.#tell(documents, lost, () => true, signal);
    return operations.map((one) => said(anew.get(one) ?? outcomes.get(one)));
  }

  async close(): Promise<void> {}

  /** Tells of all in one document; LOST is an update of what the target does not hold. */
  async #tell(
    documents: Documents,
    operations: readonly Operation[],
    isNew: (operation: Operation) => boolean,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<Operation, Outcome | typeof LOST>> {
    const outcomes = new Map<Operation, Outcome | typeof LOST>();
    const written: WrittenOperation[] = [];
    for (const operation of parentsFirst(operations)) {
      const one = documents.write(operation, isNew(operation));
      if (one instanceof Failure) outcomes.set(operation, { kind: 'failed', failure: one });
      else written.push(one);
    }
    if (written.length === 0) return outcomes;
    const report = await this.#service.take(documents.of(written), signal);
    const notes = believed(report, documents.element, written);
    for (const { operation, id } of written) {
      const note = notes.get(id);
      const isLost = isUnknown(note) && operation.action === 'update' && !isNew(operation);
      outcomes.set(operation, isLost ? LOST : outcomeOf(operation, note));
    }
    return outcomes;
  }
}

/** An update of an object that the target has lost. */
const LOST = Symbol('lost');

function believed(
  report: ImportReport,
  element: string,
  written: readonly WrittenOperation[],
): ReadonlyMap<string, Note> {
  const notes = notesOf(report, element, written);
  if (notes === null) throw unbelievable();
  return notes;
}

function said(outcome: Outcome | typeof LOST | undefined): Outcome {
  return outcome === undefined || outcome === LOST
    ? { kind: 'failed', failure: unbelievable() }
    : outcome;
}

/** What others of the document refer to stands before them, and goes after them. */
function parentsFirst(operations: readonly Operation[]): readonly Operation[] {
  const byKey = new Map(operations.map((one) => [one.key, one]));
  const inOrder = new Set<Operation>();
  const place = (one: Operation, below: ReadonlySet<Operation>): void => {
    if (inOrder.has(one) || below.has(one)) return;
    for (const value of Object.values(one.object ?? one.previous ?? {})) {
      const parent = typeof value === 'string' ? byKey.get(value) : undefined;
      if (parent !== undefined) place(parent, new Set([...below, one]));
    }
    inOrder.add(one);
  };
  for (const one of operations) place(one, new Set());
  const placed = [...inOrder];
  return operations[0]?.action === 'delete' ? placed.reverse() : placed;
}
