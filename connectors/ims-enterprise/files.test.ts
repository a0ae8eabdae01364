import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layoutSchemaOf } from '../../core/plugin.ts';
import { shippedLayout } from '../../test/contract/shipped-layout.ts';
import { describeSnapshotSink } from '../../test/contract/snapshot-sink.contract.ts';
import { describeSource, testContext } from '../../test/contract/testing.ts';
import { connector } from './connector.ts';

const PLAIN = 'ims-enterprise';
const FILE = 'ims-enterprise.xml';
const LIMITS = { requestsPerSecond: 1, timeoutMs: 1000, pollMs: 1, importMs: 1000 };

describeSnapshotSink('ims-enterprise, plain', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'skolnav-ims-'));
  const [target, scratch] = [join(folder, 'target'), join(folder, 'scratch')];
  for (const name of [target, scratch]) await mkdir(name);
  const layout = await shippedLayout(PLAIN);
  const context = {
    ...testContext(folder),
    // A document says when it was written.
    now: () => 0,
    scratch,
    layout: async () => layout,
  };
  const options = { layout: PLAIN, files: { folder: 'target' }, ...LIMITS };
  const sink = await connector.openSink?.(options, context);
  if (sink?.mode !== 'full') throw new Error('a snapshot sink');
  return {
    ...{ sink, objectKind: 'person' },
    object: (key) => ({ id: key, fullName: key, role: 'Student' }),
    visible: async () => {
      const names = await readdir(target);
      if (!names.includes(FILE)) return new Map();
      return new Map([[FILE, await readFile(join(target, FILE), 'utf8')]]);
    },
    leftovers: () => readdir(join(scratch, 'set')).catch(() => []),
    close: () => rm(folder, { recursive: true }),
  };
});

function document(persons: number): string {
  const person = (at: number) =>
    `<person><sourcedid><source>X</source><id>p${at}</id></sourcedid><name><fn>Kim Ek</fn><n><family>Ek</family><given>Kim</given></n></name></person>`;
  const school =
    '<group><sourcedid><id>u1</id></sourcedid><grouptype><scheme>X</scheme><typevalue level="1">School</typevalue></grouptype><description><short>Almskolan</short></description></group>';
  const member =
    '<membership><sourcedid><id>u1</id></sourcedid><member><sourcedid><id>p0</id></sourcedid><idtype>1</idtype><role roletype="01"><status>1</status></role></member></membership>';
  const all = Array.from({ length: persons }, (_, at) => person(at)).join('\n');
  return `<?xml version="1.0"?>\n<enterprise>${all}${school}${member}</enterprise>\n`;
}

describeSource('ims-enterprise, plain', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'skolnav-ims-'));
  const layout = await shippedLayout(PLAIN);
  const write = (text: string) => writeFile(join(folder, FILE), text);
  await write(document(3));
  const streams = Object.keys(layout.streams);
  return {
    schemas: new Map(streams.map((name) => [name, layoutSchemaOf(layout, name) ?? {}])),
    open: async () => {
      const context = {
        ...testContext(folder),
        ...{ now: () => 0, sleep: async () => undefined, layout: async () => layout },
      };
      const source = await connector.openSource?.(
        { layout: PLAIN, files: { folder }, ...LIMITS },
        context,
      );
      if (source === undefined) throw new Error('the connector has a source');
      return source;
    },
    damage: () => write(document(3).replace('</person>', '</persom>')),
    enlarge: (records) => write(document(records)),
    close: () => rm(folder, { recursive: true }),
  };
});
