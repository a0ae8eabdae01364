import type { Engine } from '../../run/engine.ts';
import { audit } from '../audit.ts';
import type { OverrideControl } from '../control-bus.ts';
import { retryNow } from '../failed/retry.ts';
import { editable } from './editable.ts';
import { approveOverride, endOverride, setOverride, tryOverride } from './override.ts';

/** What a person sets in the place of mappings. */
export function overridesOf(engine: Engine): OverrideControl {
  return {
    editable: async (name, who) => {
      const found = await editable(engine, name);
      const { kind = '', id = '' } = found?.origin ?? {};
      const subject = `${name.target} ${name.objectKind} ${kind} ${id}`.trim();
      await audit(engine, who, 'show object', subject);
      return found;
    },
    tryOverride: (request) => tryOverride(engine, request),
    setOverride: (request) => setOverride(engine, request),
    approveOverride: (id, who) => approveOverride(engine, id, who),
    endOverride: (id, who, reason) => endOverride(engine, id, who, reason),
    overrides: () => listed(engine),
    override: async (id) => (await listed(engine)).find((one) => one.id === id) ?? null,
    retryNow: (request) => retryNow(engine, request),
  };
}

async function listed({ store }: Engine): ReturnType<OverrideControl['overrides']> {
  const all = await store.overrides.list({});
  return all.map(({ value: _value, ...rest }) => rest);
}
