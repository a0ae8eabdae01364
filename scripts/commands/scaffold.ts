import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { BUILT_IN_FOLDER, connectorsOf } from '../../core/check.ts';
import { didYouMean } from '../../core/control/control-bus.ts';
import { makeFolder } from '../../core/records.ts';
import { mappingSkeleton } from '../scaffold/mapping-skeleton.ts';
import { readObjectSchema } from '../scaffold/read-schema.ts';
import { canonical, canonicalKinds, scaffoldConnector } from '../scaffold/scaffold-connector.ts';
import { withExamples } from '../terminal/examples.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { attempt, folderOf, refuseNoWorkspace } from '../terminal/with-hub.ts';

const NAME = /^[a-z][a-z0-9-]*$/;

/** `skolnav scaffold`: a beginning that passes every check. */
export function addScaffoldCommand(program: Command, terminal: Terminal): void {
  const scaffold = program.command('scaffold').description('begin a connector or a mapping');
  scaffold
    .command('connector <name>')
    .description('a connector that works, with its tests and a mapping, to be changed')
    .action(async (name: string, _options: unknown, command: Command) => {
      terminal.exitCode = await attempt(terminal, () =>
        connector(terminal, folderOf(command), name),
      );
    });
  withExamples(
    scaffold.command('mapping <connector/kind>'),
    'scaffold mapping absence/Pupil --schema absence-openapi.json#Pupil',
  )
    .description('a mapping to an object kind, with every field of the target listed')
    .option('--from <kind>', 'the entity kind', 'person')
    .option('--schema <file#name>', 'OpenAPI, XSD, SCIM or JSON Schema file of the object')
    .action(async (to: string, options: MappingOptions, command: Command) => {
      terminal.exitCode = await attempt(terminal, () =>
        mapping(terminal, folderOf(command), to, options),
      );
    });
}

interface MappingOptions {
  readonly from: string;
  readonly schema?: string;
}

async function connector(terminal: Terminal, folder: string, name: string): Promise<number> {
  if (!NAME.test(name))
    return usage(terminal, `"${name}" must be small letters, digits and hyphens`);
  await refuseNoWorkspace(folder);
  const isBuiltIn = existsSync(join(BUILT_IN_FOLDER, 'connectors', name, 'manifest.json'));
  if (isBuiltIn && folder !== BUILT_IN_FOLDER) {
    return usage(
      terminal,
      `${name} is built in, and yours would take its place: choose another name`,
    );
  }
  const made = await scaffoldConnector(folder, name);
  if (made === null) return usage(terminal, `connectors/${name} is there already`);
  for (const file of made) terminal.print(`made ${file}`);
  terminal.print(`Bind it in config/hub.yaml: { connector: ${name}, options: { ... } }`);
  terminal.print('skolnav check; skolnav test --connectors');
  return EXIT.done;
}

async function mapping(
  terminal: Terminal,
  folder: string,
  to: string,
  options: MappingOptions,
): Promise<number> {
  const kinds = await canonicalKinds();
  if (!kinds.includes(options.from)) {
    const hint = didYouMean(options.from, kinds) || `There are: ${kinds.join(', ')}.`;
    return usage(terminal, `no entity kind "${options.from}". ${hint}`);
  }
  const [name = '', objectKind = ''] = to.split('/');
  if (!NAME.test(name) || objectKind === '')
    return usage(terminal, 'name the target as connector/kind');
  await refuseNoWorkspace(folder);
  const file = join('mappings', name, `${objectKind.toLowerCase()}.yaml`);
  if (existsSync(join(folder, file))) return usage(terminal, `${file} is there already`);
  const schema = await schemaOf(folder, name, objectKind, options.schema);
  if (typeof schema === 'string') return usage(terminal, schema);
  const text = mappingSkeleton(
    { connector: name, objectKind, schema },
    await canonical(options.from),
  );
  await makeFolder(dirname(join(folder, file)));
  await writeFile(join(folder, file), text, { flag: 'wx' });
  terminal.print(`made ${file}`);
  return EXIT.done;
}

/** The schema from its owner's file, or the one that the connector has; or what is wrong. */
async function schemaOf(folder: string, name: string, kind: string, file: string | undefined) {
  if (file !== undefined) {
    const [path = '', part = kind] = file.split('#');
    return readObjectSchema(path, part);
  }
  const registry = await connectorsOf(folder);
  const objects = registry.manifest(name)?.sink?.objects ?? [];
  if (objects.some((one) => one.kind === kind)) return registry.objectSchema(name, kind);
  const known = objects.map((one) => one.kind);
  const hint = objects.length === 0 ? registry.suggest(name) : didYouMean(kind, known);
  return `no object kind ${name}/${kind}. ${hint}`;
}

function usage(terminal: Terminal, text: string): number {
  terminal.printError(text);
  return EXIT.usage;
}
