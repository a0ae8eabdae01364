import type { ControlBus } from '../../control-bus.ts';
import type { EditableObject, OverrideControl } from '../../mend/override-requests.ts';
import type { Right } from '../rights.ts';
import type { Gate } from './gate.ts';
import { aboutTarget } from './reach.ts';

/** What is set in the place of mappings: of what the account does not see, there is nothing. */
export function overrideDeeds(bus: ControlBus, gate: Gate): OverrideControl {
  const narrow = <R extends { readonly target: string; readonly mayContents: boolean }>(one: R) => {
    const isShown = gate.reach.may('contents', aboutObject(one.target));
    return { ...one, mayContents: one.mayContents && isShown };
  };
  const opens = ({ target }: { readonly target: string }) => gate.opens(aboutObject(target));
  const opened = async (id: string, also?: Right) => {
    const found = (await bus.overrides()).find((one) => one.id === id);
    if (found === undefined || !(await opens(found))) return false;
    if (also !== undefined) await gate.demand(also, aboutTarget(found.target));
    return true;
  };
  return {
    editable: async (name, who) => {
      const found = (await opens(name)) ? await bus.editable(name, who) : null;
      if (found === null || gate.reach.may('contents', aboutObject(name.target))) return found;
      return masked(found);
    },
    tryOverride: async (request) => {
      const trial = (await opens(request)) ? await bus.tryOverride(narrow(request)) : null;
      if (trial === null || gate.reach.may('contents', aboutObject(request.target))) return trial;
      // What is to come they have written themselves.
      const changes = trial.changes.map((one) => ({ ...one, before: null }));
      return { ...trial, changes };
    },
    setOverride: async (request) =>
      (await opens(request)) ? bus.setOverride(narrow(request)) : [],
    // Whoever approves a value has seen it.
    approveOverride: async (id, who) =>
      (await opened(id, 'contents')) ? bus.approveOverride(id, who) : null,
    endOverride: async (id, who, reason) =>
      (await opened(id)) ? bus.endOverride(id, who, reason) : null,
    overrides: async () =>
      (await bus.overrides()).filter(({ target }) => gate.sees(aboutTarget(target))),
    override: async (id) => {
      const found = await bus.override(id);
      return found !== null && (await gate.shows(aboutTarget(found.target))) ? found : null;
    },
    retryNow: async (request) => ((await opens(request)) ? bus.retryNow(request) : 'next'),
  };
}

/** The fields of an object without what stands in them. */
function masked(object: EditableObject): EditableObject {
  const fields = object.fields.map((one) => ({ ...one, mapped: null, present: null }));
  const overrides = object.overrides.map((one) => ({ ...one, value: null }));
  return { ...object, fields, overrides };
}

/** An object is named by its target, or by the flow that leads to it. */
function aboutObject(target: string): string {
  return target.includes(':') ? aboutTarget(target) : `flow ${target}`;
}

/** Another text of a mapping may ask for any field of any entity: a trial takes all contents. */
export function mappingLooks(bus: ControlBus, gate: Gate) {
  const sees = (file: string) => {
    const found = bus.wiring().mappings.find((one) => one.file === file);
    const kind = found?.direction === 'inbound' ? 'intake' : 'target';
    return found !== undefined && gate.sees(`${kind} ${found.module}`);
  };
  return {
    mappingText: async (file) => (sees(file) ? bus.mappingText(file) : null),
    checkMapping: async (text) => (sees(text.file) ? bus.checkMapping(text) : null),
    tryMapping: async (request) => {
      if (!sees(request.file)) return null;
      await gate.demand('contents');
      return bus.tryMapping(request);
    },
  } satisfies Partial<ControlBus>;
}
