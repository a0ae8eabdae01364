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
      // What somebody has written they know.
      const changes = trial.changes.map(({ field, after }) => {
        return { field, before: null, after: request.values.has(field) ? after : null };
      });
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

type MappingLooks = 'mappingText' | 'checkMapping' | 'tryMapping';

/** Another text of a mapping shows what it is asked of: a trial takes the right to contents. */
export function mappingLooks(bus: ControlBus, gate: Gate): Pick<ControlBus, MappingLooks> {
  const subjectOf = (file: string) => {
    const found = bus.wiring().mappings.find((one) => one.file === file);
    if (found === undefined) return null;
    return `${found.direction === 'inbound' ? 'intake' : 'target'} ${found.module}`;
  };
  const seen = (file: string) => {
    const subject = subjectOf(file);
    return subject !== null && gate.sees(subject) ? subject : null;
  };
  return {
    mappingText: async (file) => (seen(file) === null ? null : bus.mappingText(file)),
    checkMapping: async (text) => {
      const subject = seen(text.file);
      if (subject === null) return null;
      await gate.demand('contents', subject);
      return bus.checkMapping(text);
    },
    tryMapping: async (request) => {
      const subject = seen(request.file);
      if (subject === null) return null;
      await gate.demand('contents', subject);
      // Another text may ask for any field of any entity, also beyond what its flows deliver.
      const reveal = request.reveal && gate.reach.hasAll('contents');
      const trial = await bus.tryMapping({ ...request, reveal });
      const reports = trial?.reports.filter(({ flow }) => gate.sees(`flow ${flow}`)) ?? [];
      return trial === null ? null : { ...trial, reports };
    },
  };
}
