import type { Flow } from '../../../flow/compiled.ts';
import { FLOW_RIGHTS, type Grant, partsOf, type Right } from '../rights.ts';

type Wires = Pick<Flow, 'name' | 'from' | 'to'>;

/** What stands around flows: `lms:itslearning` is a target, `register` a source. */
export function aboutTarget(target: string): string {
  return target.includes(':') ? `target ${target}` : `intake ${target}`;
}

/**
 * How far an account's rights go. A subject is `flow lms`, `target lms:itslearning`, `intake
 * register` or `module lms`; what is about none of these takes a right to all flows.
 */
export class Reach {
  readonly #grants: ReadonlyMap<Right, 'all' | ReadonlySet<string>>;
  readonly #flows: readonly Wires[];

  constructor(rights: readonly Grant[], flows: readonly Wires[]) {
    const grants = new Map<Right, 'all' | Set<string>>();
    for (const { right, flow } of rights.map(partsOf)) {
      const known = grants.get(right) ?? new Set<string>();
      grants.set(right, flow === null || known === 'all' ? 'all' : known.add(flow));
    }
    this.#grants = grants;
    this.#flows = flows;
  }

  /** For all flows, and what is about none. */
  hasAll(right: Right): boolean {
    return this.#grants.get(right) === 'all';
  }

  /** Of one flow at least. */
  hasSome(right: Right): boolean {
    return this.#grants.has(right);
  }

  /** Names of the flows. */
  flows(right: Right): readonly string[] {
    return this.#flows.map(({ name }) => name).filter((name) => this.#isOf(right, name));
  }

  /**
   * A source is seen by whoever sees one flow that reads it; what is done there, and whom its
   * records are about, reaches all of them. Whoever acts on a flow may ask the modules around it.
   */
  may(right: Right, subject: string): boolean {
    if (this.hasAll(right) || !FLOW_RIGHTS.some((one) => one === right)) return this.hasAll(right);
    const around = this.#around(subject);
    const isOf = ({ name }: Wires) => this.#isOf(right, name);
    const isOne = right === 'list' || subject.startsWith('module ');
    return around.length > 0 && (isOne ? around.some(isOf) : around.every(isOf));
  }

  #isOf(right: Right, flow: string): boolean {
    const given = this.#grants.get(right);
    return given === 'all' || given?.has(flow) === true;
  }

  #around(subject: string): readonly Wires[] {
    const [kind = '', name = ''] = subject.split(' ');
    const [module = ''] = name.split(':');
    return this.#flows.filter((flow) => {
      const isRead = flow.from.includes(module);
      const isFed = flow.to === module;
      switch (kind) {
        case 'flow':
          return flow.name === name;
        case 'target':
          return isFed;
        case 'intake':
          return isRead;
        case 'module':
          return isRead || isFed;
        default:
          return false;
      }
    });
  }
}
