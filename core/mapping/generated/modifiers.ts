import type { Modifier, RuleRecipe } from '../rules/evaluation.ts';
import type { Source } from './source.ts';

/** One after the other, until one of them leaves the value out. */
export function writeModifiers(source: Source, { modifiers }: RuleRecipe, value: string): void {
  for (const [index, one] of modifiers.entries()) {
    source.line(`${index === 0 ? 'else' : `if (${value} !== undefined)`} {`);
    source.line(modified(source, one, value));
  }
  source.line('}'.repeat(modifiers.length));
}

/** Of a text that is as most are, in place; of anything else by the modifier itself. */
function modified(source: Source, { modify, quick }: Modifier, value: string): string {
  const otherwise = `${source.constant(modify)}(${value})`;
  const isText = `typeof ${value} === "string"`;
  switch (quick?.kind) {
    case 'lower':
      return `${value} = ${isText} ? ${value}.toLowerCase() : ${otherwise};`;
    case 'upper':
      return `${value} = ${isText} ? ${value}.toUpperCase() : ${otherwise};`;
    case 'within':
      return `if (!(${isText} && ${value}.length <= ${Number(quick.most)})) ${value} = ${otherwise};`;
    case 'pattern':
      return `if (!(${isText} && ${source.constant(quick.pattern)}.test(${value}))) ${value} = ${otherwise};`;
    case 'table': {
      const row = `(${isText} ? ${source.constant(quick.table)}.get(${value}) : undefined)`;
      return `${value} = ${row} ?? ${otherwise};`;
    }
    default:
      return `${value} = ${otherwise};`;
  }
}
