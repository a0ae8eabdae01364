import type { Command } from 'commander';
import { formatLint, type MappingOutline } from '../../core/control/control-bus.ts';
import { withExamples } from '../terminal/examples.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withHub } from '../terminal/with-hub.ts';
import { noSuch } from '../terminal/wrong-names.ts';

interface FlowsOptions {
  readonly mapping?: string;
  readonly json?: boolean;
}

/** `skolnav flows`: what stands between which modules, and what a mapping makes of what. */
export function addFlowsCommand(program: Command, terminal: Terminal): void {
  withExamples(program.command('flows'), 'flows', 'flows --mapping mappings/scim/user.yaml')
    .description('which flow leads from where to where, by which mappings')
    .option('--mapping <file>', 'one mapping: each field, what it is made from, and its tests')
    .option('--json', 'machine-readable')
    .action(async ({ mapping, json }: FlowsOptions, command: Command) => {
      await withHub(terminal, command, async ({ control }) => {
        const wiring = control.wiring();
        if (mapping !== undefined) {
          const outline = control.mapping(mapping);
          if (outline === null) {
            const files = wiring.mappings.map(({ file }) => file);
            return noSuch(terminal, 'mapping', mapping, files, 'All: skolnav flows');
          }
          if (json === true) terminal.printJson(outline);
          else printOutline(terminal, outline);
          return EXIT.done;
        }
        if (json === true) {
          terminal.printJson(wiring);
          return EXIT.done;
        }
        const flows = wiring.flows.map((one) => [
          ...[one.name, one.from.join(', '), one.target, one.schedule ?? 'by hand'],
        ]);
        terminal.print(formatTable(['flow', 'from', 'to', 'schedule'], flows));
        const mappings = wiring.mappings.map((one) => [one.file, one.module, one.from, one.to]);
        terminal.print(`\n${formatTable(['mapping', 'module', 'from', 'to'], mappings)}`);
        for (const remark of wiring.remarks) terminal.print(formatLint(remark));
        return EXIT.done;
      });
    });
}

function printOutline(terminal: Terminal, outline: MappingOutline): void {
  const { file, module, from, to, rules, unfilled, tests } = outline;
  terminal.print(`${file}: ${from} -> ${to} (${module})`);
  const rows = rules.map(({ field, line, reads, lookups, table }) => [
    ...[field, reads.join(', ') || 'a fixed value', lookups.map(({ kind }) => kind).join(', ')],
    ...[table ?? '', line],
  ]);
  terminal.print(formatTable(['field', 'comes from', 'looks up', 'table', 'line'], rows));
  if (unfilled.length > 0) terminal.print(`Says nothing of: ${unfilled.join(', ')}`);
  for (const { name, passed, difference } of tests) {
    terminal.print(`${passed ? 'passed' : 'differs'}: ${name}${difference && `: ${difference}`}`);
  }
}
