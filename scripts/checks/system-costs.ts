import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What one folder of mappings took to write. */
interface Cost {
  readonly system: string;
  /** The connector that speaks for it. */
  readonly connector: string;
  readonly layout: number;
  readonly mappings: number;
  readonly tests: number;
  /** Lines of TypeScript of its own; none where the connector is shared. */
  readonly code: number;
}

const INTRODUCTION = `## What each system cost

Lines that are neither empty nor comments: of YAML and code tables in \`mappings/\`, and of TypeScript in
\`connectors/\`, without tests and simulators; those of \`examples/\` stand below. A system that speaks files costs no code: [add-a-system.md](add-a-system.md).

| system | by | layout | mappings | their tests | code |
|---|---|---|---|---|---|`;

/** The record of what each system cost, as a section of docs/connectors.md. */
export async function systemCosts(root: string): Promise<string> {
  const examples = (await foldersIn(join(root, 'examples'))).map((name) => `examples/${name}`);
  const costs = await Promise.all(['.', ...examples].map((at) => costsIn(join(root, at))));
  const rows = costs.flat().map(({ system, connector, layout, mappings, tests, code }) => {
    return `| ${[system, `\`${connector}\``, layout, mappings, tests, code].join(' | ')} |`;
  });
  return `${[INTRODUCTION, ...rows].join('\n')}\n`;
}

/** What the systems of one workspace cost. */
async function costsIn(workspace: string): Promise<readonly Cost[]> {
  const systems = await foldersIn(join(workspace, 'mappings'));
  return Promise.all(systems.map(costOf(workspace)));
}

function costOf(root: string): (system: string) => Promise<Cost> {
  return async (system) => {
    const folder = join(root, 'mappings', system);
    const names = (await readdir(folder, { recursive: true })).sort();
    const layouts = await textsOf(folder, names, /\.layout\.yaml$/);
    const mappings = await textsOf(folder, names, /(?<!\.layout)\.yaml$/);
    const tables = await textsOf(folder, names, /\.csv$/);
    const halves = mappings.map((text) => text.split(/^tests:$/m));
    const of = (half: 0 | 1) => sum(halves.map((texts) => texts[half] ?? ''));
    return {
      ...{ system, connector: connectorOf(mappings) },
      ...{ layout: sum(layouts), mappings: of(0) + sum(tables), tests: of(1) },
      code: await codeOf(join(root, 'connectors', system)),
    };
  };
}

/** The first mapping says whose streams or objects it maps. */
function connectorOf([text = '']: readonly string[]): string {
  return /^(?:from|to): ([a-z0-9-]+)\//m.exec(text)?.[1] ?? '';
}

async function codeOf(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  return sum(await textsOf(folder, names, /^(?!simulator)(?!.*\.test\.ts$).*\.ts$/));
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return found
    .filter((one) => one.isDirectory())
    .map(({ name }) => name)
    .sort();
}

function textsOf(
  folder: string,
  names: readonly string[],
  which: RegExp,
): Promise<readonly string[]> {
  const chosen = names.filter((name) => which.test(name));
  return Promise.all(chosen.map((name) => readFile(join(folder, name), 'utf8')));
}

function sum(texts: readonly string[]): number {
  const lines = texts.flatMap((text) => text.split('\n'));
  return lines.filter((line) => !/^\s*(?:#|\/\/|\/?\*|$)/.test(line)).length;
}
