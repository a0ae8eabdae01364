import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkDoor } from './door.ts';
import { checkImports, checkRooms, type SourceFile } from './floors.ts';
import { checkNamed } from './named-files.ts';
import { checkStyle } from './style.ts';

const rulesOf = (...files: SourceFile[]) => checkImports(files).map((breach) => breach.rule);
const styleOf = (path: string, text: string) => checkStyle({ path, text }).map((one) => one.rule);

describe('the check of floors, doors and homes', () => {
  it('finds an import that goes up, a type included', () => {
    const text = "import type { Plan } from '../plan/plan.ts';\n";
    assert.deepEqual(rulesOf({ path: 'core/store/store.ts', text }), ['floor']);
  });

  it('lets an import go down or stay on its floor', () => {
    const text = "import { a } from '../message/a.ts';\nimport { b } from './b.ts';\n";
    assert.deepEqual(rulesOf({ path: 'core/plan/plan.ts', text }), []);
  });

  it('finds an import that spans lines and goes up', () => {
    const text = "import {\n  type A,\n  b,\n} from '../control/x.ts';\n";
    assert.deepEqual(rulesOf({ path: 'core/plan/plan.ts', text }), ['floor']);
  });

  it('finds a connector that goes past its door', () => {
    const text = "import { store } from '../../core/store/store.ts';\n";
    assert.deepEqual(rulesOf({ path: 'connectors/scim/sink.ts', text }), ['door']);
  });

  it('finds a face that goes past the control bus, but no generator that does', () => {
    const text = "import type { Run } from '../../core/store/run-store.ts';\n";
    assert.deepEqual(rulesOf({ path: 'scripts/commands/runs.ts', text }), ['door']);
    assert.deepEqual(rulesOf({ path: 'dashboard/pages/runs.ts', text }), ['door']);
    assert.deepEqual(rulesOf({ path: 'scripts/generate/nights.ts', text }), []);
    const lazy = "const log = await import('../../core/log/log.ts');\n";
    assert.deepEqual(rulesOf({ path: 'scripts/terminal/with-hub.ts', text: lazy }), ['door']);
    const sound =
      "import type { Run } from '../../core/control/control-bus.ts';\nimport { a } from './a.ts';\n";
    assert.deepEqual(rulesOf({ path: 'scripts/commands/runs.ts', text: sound }), []);
  });

  it('finds a connector that imports another connector', () => {
    const text = "import { a } from '../itslearning/a.ts';\n";
    assert.deepEqual(rulesOf({ path: 'connectors/scim/sink.ts', text }), ['door']);
  });

  it('finds a driver away from home', () => {
    const text = "import { Ajv } from 'ajv/dist/2020.js';\n";
    assert.deepEqual(rulesOf({ path: 'core/flow/a.ts', text }), ['home']);
    assert.deepEqual(rulesOf({ path: 'core/schema/a.ts', text }), []);
  });

  it('finds a circle of imports', () => {
    const one = { path: 'core/plan/a.ts', text: "import { b } from './b.ts';\n" };
    const two = { path: 'core/plan/b.ts', text: "import type { A } from './a.ts';\n" };
    assert.deepEqual(rulesOf(one, two), ['cycle']);
  });

  it('finds a circle of imports in tests and benches, too', () => {
    for (const folder of ['test/e2e', 'bench']) {
      const one = { path: `${folder}/a.ts`, text: "import { b } from './b.ts';\n" };
      const two = { path: `${folder}/b.ts`, text: "import { a } from './a.ts';\n" };
      assert.deepEqual(rulesOf(one, two), ['cycle']);
    }
  });
});

describe('the check of folders that stand side by side', () => {
  const file = (path: string, imported: string) => {
    return { path, text: `import { x } from '${imported}';\n` };
  };

  it('finds two folders of the core that import one another, and names the import', () => {
    const one = file('core/run/a.ts', '../withdraw/b.ts');
    const two = file('core/withdraw/c.ts', '../run/leases/d.ts');
    const [breach] = checkImports([one, two]);
    assert.deepEqual([breach?.path, breach?.rule], ['core/withdraw/c.ts', 'rooms']);
    assert.equal(breach?.text, 'core/run -> core/withdraw -> core/run');
  });

  it('finds three rooms of one folder that import one another in a circle', () => {
    const circle = ['a', 'b', 'c'].map((name, at) => {
      return file(`core/plan/${name}/x.ts`, `../${['b', 'c', 'a'][at]}/y.ts`);
    });
    assert.deepEqual(rulesOf(...circle), ['rooms']);
  });

  it('lets a file put together rooms that import what stands beside it', () => {
    const whole = file('core/plan/plan.ts', './count/x.ts');
    assert.deepEqual(rulesOf(whole, file('core/plan/count/x.ts', '../entry.ts')), []);
  });
});

describe('the check of rooms', () => {
  const room = (count: number, name = (at: number) => `core/plan/f${at}.ts`) =>
    Array.from({ length: count }, (_, at) => ({ path: name(at), text: '' }));

  it('finds a folder of the core with more than twelve files', () => {
    assert.deepEqual(
      checkRooms(room(13)).map(({ path, rule }) => [path, rule]),
      [['core/plan', 'room']],
    );
  });

  it('counts neither tests nor what lies in a room of its own', () => {
    const tests = room(5, (at) => `core/plan/f${at}.test.ts`);
    assert.deepEqual(checkRooms([...room(12), ...tests]), []);
    assert.deepEqual(checkRooms([...room(12), ...room(12, (at) => `core/plan/x/f${at}.ts`)]), []);
  });
});

describe('the check of the door for connectors', () => {
  const rules = (door: string, text: string) =>
    checkDoor([
      { path: 'core/plugin.ts', text: door },
      { path: 'core/log/log.ts', text },
    ]).map((breach) => breach.rule);
  const door = "export { type Log, open } from './log/log.ts';\n";

  it('finds a door that does not say what goes through it', () => {
    assert.deepEqual(rules("export * from './log/log.ts';\n", ''), ['door-names']);
  });

  it('finds a name, and a member of an interface, without a sentence', () => {
    const sound =
      '/** A log. */\nexport interface Log {\n  /** Says it. */\n  say(text: string): void;\n}\n/** Opens it. */\nexport async function open() {}\nexport const inner = 1;\n';
    assert.deepEqual(rules(door, sound), []);
    for (const sentence of ['/** A log. */\n', '  /** Says it. */\n', '/** Opens it. */\n']) {
      assert.deepEqual(rules(door, sound.replace(sentence, '')), ['door-docs']);
    }
  });

  it('finds a public member of a class without one, and the same behind the door for tests', () => {
    const text =
      '/** A log. */\nexport class Log {\n  readonly level: number;\n  #count = 0;\n  constructor() {}\n  async say(text: string) {}\n}\n';
    const behind = (path: string) =>
      checkDoor([
        { path, text: "export { Log } from '../../core/log/log.ts';\n" },
        { path: 'core/log/log.ts', text },
      ]).map(({ line }) => line);
    assert.deepEqual(behind('test/contract/testing.ts'), [3, 6]);
    const promised = text.replace('class Log', 'class Log implements Says');
    const own = "export { Log } from './log/log.ts';\n";
    assert.deepEqual(rules(own, promised), []);
    assert.deepEqual(rules(own, text), ['door-docs', 'door-docs']);
  });
});

describe('the check of style', () => {
  it('finds each planted fault', () => {
    const path = 'core/plan/a.ts';
    assert.deepEqual(styleOf(path, 'const a: any = 1;\n'), ['any']);
    assert.deepEqual(styleOf(path, `// ${'TO'}DO later\n`), ['later']);
    assert.deepEqual(styleOf(path, "throw new Error('x');\n"), ['raw-error']);
    assert.deepEqual(styleOf('core/a.test.ts', 'this.skip();\n'), ['skip']);
    assert.deepEqual(styleOf(path, 'const a = b as C;\n'), ['as']);
    assert.deepEqual(styleOf(path, `// ${'@ts'}-ignore\n`), ['ts-ignore']);
    assert.deepEqual(styleOf(path, `// ${'x'.repeat(100)}\n`), ['line-length']);
    assert.deepEqual(styleOf(path, '\n'.repeat(301)), ['file-length']);
    assert.deepEqual(styleOf('core/plan/planUtils.ts', '\n'), ['file-name']);
    assert.deepEqual(styleOf('core/plan/helpers.ts', '\n'), ['file-name']);
  });

  it('finds a function that is too long, whatever its head looks like', () => {
    const body = '  a();\n'.repeat(60);
    assert.deepEqual(styleOf('core/a.ts', `function long() {\n${body}}\n`), ['function-length']);
    const spread = `export async function long(\n  a: string,\n): Promise<void> {\n${body}}\n`;
    assert.deepEqual(styleOf('core/a.ts', spread), ['function-length']);
    assert.deepEqual(styleOf('core/a.ts', 'function short() {\n  a();\n}\n'), []);
  });

  it('accepts a cast that says why it is safe, and words inside strings', () => {
    assert.deepEqual(styleOf('core/a.ts', '// SAFETY: checked above\nconst a = b as C;\n'), []);
    assert.deepEqual(styleOf('core/a.ts', "const a = 'known as any';\n"), []);
    assert.deepEqual(styleOf('core/a.ts', 'const a = [1] as const;\n'), []);
  });
});

describe('the check of what documents name', () => {
  it('finds files and links that lead nowhere, and no address of the web', () => {
    const there = new Set(['core/night/sync.ts', 'docs/operating.md']);
    const text = [
      'Read `core/night/sync.ts` and [how to run it](../operating.md#first).',
      'Read `core/run/gone.ts`, [this](gone.md), [that](https://a.example/gone.md).',
    ].join('\n');
    const found = checkNamed([{ path: 'docs/decisions/1.md', text }], (path) => there.has(path));
    assert.deepEqual(
      found.map(({ line, text }) => [line, text]),
      [
        [2, 'docs/decisions/gone.md is not there'],
        [2, 'core/run/gone.ts is not there'],
      ],
    );
  });
});

describe('the main path', () => {
  it('is read in seven files, of fewer than 900 lines together', async () => {
    const root = join(import.meta.dirname, '..', '..');
    const readme = await readFile(join(root, 'README.md'), 'utf8');
    const order = readme.slice(readme.indexOf('reading order'));
    const files = [...order.matchAll(/\]\((core\/[^)]+\.ts)\)/g)].map(([, file = '']) => file);
    assert.equal(files.length, 7);
    const texts = await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')));
    const lines = texts.reduce((sum, text) => sum + text.split('\n').length - 1, 0);
    assert.ok(lines < 900, `${lines} lines`);
  });
});
