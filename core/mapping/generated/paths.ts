import { compileReader, type Step, wordOf } from '../language/path.ts';
import type { PathRecipe } from '../rules/evaluation.ts';
import { isOwn, type Source } from './source.ts';

/** Writes the reading of a path; gives the variable of what was read, as `compileReader` does. */
export function writePath(source: Source, { slot, steps }: PathRecipe): string {
  const base = slot === null ? 'root' : source.local(slot);
  if (steps.some(isUnusual)) {
    return source.variable(`${source.constant(compileReader(steps))}(${base})`);
  }
  const [first, ...rest] = steps;
  if (slot !== null || first?.kind !== 'field') return follow(source, base, steps);
  return follow(source, `root${source.field(first.name)}`, rest);
}

function isUnusual(step: Step): boolean {
  if (step.kind === 'index') return !Number.isSafeInteger(step.index);
  return !isOwn(step.kind === 'field' ? step.name : step.field);
}

/** Undefined stays undefined, and null stays null. */
function follow(source: Source, base: string, steps: readonly Step[]): string {
  const at = source.variable(base);
  for (const step of steps) {
    if (step.kind === 'match') writeMatch(source, at, step.field, step.value);
    else {
      const next =
        step.kind === 'field' ? fieldOf(at, source.field(step.name)) : itemOf(at, step.index);
      source.line(`if (${at} !== undefined && ${at} !== null) ${at} = ${next};`);
    }
  }
  return at;
}

function fieldOf(at: string, field: string): string {
  return `typeof ${at} === "object" && !Array.isArray(${at}) ? ${at}${field} : undefined`;
}

function itemOf(at: string, index: number): string {
  return `Array.isArray(${at}) ? ${at}[${index}] : undefined`;
}

/** The first item whose field is that word. */
function writeMatch(source: Source, at: string, name: string, value: string): void {
  const [list, index, item, field] = [0, 1, 2, 3].map(() => source.fresh());
  const [wanted, word] = [source.constant(value), source.constant(wordOf)];
  source.line(`if (${at} !== undefined && ${at} !== null) {
  const ${list} = ${at};
  ${at} = undefined;
  if (Array.isArray(${list})) for (let ${index} = 0; ${index} < ${list}.length; ${index}++) {
    const ${item} = ${list}[${index}];
    let ${field} = ${item};
    if (${item} !== undefined && ${item} !== null) ${field} = ${fieldOf(`${item}`, source.field(name))};
    if (${field} === ${wanted} || (typeof ${field} !== "string" && ${word}(${field}) === ${wanted})) {
      ${at} = ${item};
      break;
    }
  }
}`);
}
