import type { Config } from '../config/config.ts';
import { objectKindsOf } from '../connector/object-kinds.ts';
import type { ConnectorRegistry } from '../connector/registry.ts';
import type { OutboundMapping } from '../mapping/compiled.ts';
import { referencePaths } from '../schema/annotation/references.ts';
import type { Flow } from './compiled.ts';

/** A kind of objects that a flow can never make, and why. */
export interface NeverMade {
  readonly objectKind: string;
  readonly because: string;
}

/**
 * Kinds that a switch of the binding asks for and of which no object can ever be made: the flow
 * selects nothing that a mapping of theirs begins with, or they are nothing without an object of
 * another kind that cannot. A flow that leaves out what nobody has switched on is no slip.
 */
export function neverMade(
  { to, selects }: Pick<Flow, 'to' | 'selects'>,
  { modules }: Pick<Config, 'modules'>,
  connectors: ConnectorRegistry,
  mappings: readonly OutboundMapping[],
): readonly NeverMade[] {
  const { connector = '', options = {} } = modules.get(to) ?? {};
  const found = new Map<string, string>();
  const asked = new Set<string>();
  const objects = objectKindsOf(connectors.manifest(connector)?.sink, options);
  for (const { kind, option } of objects) {
    const origins = mappings.flatMap((one) => (one.to.objectKind === kind ? [one.from.kind] : []));
    if (option !== undefined) asked.add(kind);
    if (origins.length === 0) found.set(kind, 'no mapping makes one');
    else if (!origins.some((origin) => selects.has(origin))) {
      found.set(kind, `the flow selects no ${[...new Set(origins)].join(' and no ')}`);
    } else {
      const needed = neededBy(connectors, connector, kind);
      const missing = needed.find((one) => found.has(one));
      if (missing !== undefined) found.set(kind, `each refers to one of ${missing}`);
    }
  }
  const never = [...found].map(([objectKind, because]) => ({ objectKind, because }));
  return never.filter(({ objectKind }) => asked.has(objectKind));
}

/** Kinds without which an object of this one is nothing; they come before it in the order. */
function neededBy(
  connectors: ConnectorRegistry,
  connector: string,
  kind: string,
): readonly string[] {
  const references = referencePaths(connectors.objectSchema(connector, kind));
  return references.flatMap((one) => (one.required && !one.path.includes('[]') ? [one.kind] : []));
}
