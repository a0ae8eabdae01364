import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filesOf, markerOf, publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { numbers, smallTown } from './small-town.ts';
import { runOf, World } from './world.ts';

const LAYOUT = `marker: ready-{date}.done
streams:
  person: { format: delimited, file: "pupils-{date}.csv", extraColumns: tell, columns: [{ name: id, required: true }, { name: given }, { name: family }] }
`;
const MAPPING = `from: files/person
to: person.v1
entity: { identity: id, of: register }
fields:
  givenName: { take: given }
  familyName: { take: family }
`;

describe('a delivery that is odd', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
    await world.reconfigure('modules:', 'sources: { register: { maxAge: 26h } }\nmodules:');
  });
  afterEach(() => world.close());

  const folder = () => join(world.folder, 'data', 'register');
  const at = (wall: string) => {
    world.now = Date.parse(`${wall}+02:00`);
  };
  const intake = async () => runOf(await world.sync(), 'register');
  const findings = () => world.withHub(({ control }) => control.findings());
  const codes = async () => (await findings()).map(({ code }) => code);

  it('is silence where it is the last one under another name, however many records it has', async () => {
    const batch = smallTown('ber-20260901', numbers(1, 30));
    await publish(folder(), batch);
    at('2026-09-01T03:00:00');
    await intake();
    const again = filesOf(batch).map(({ name, ...file }) => {
      return { ...file, name: name.replace('20260901', '20260902') };
    });
    for (const { name, text } of again) await writeFile(join(folder(), name), text);
    await writeFile(join(folder(), 'ber-20260902.done'), markerOf(again));
    at('2026-09-02T03:00:00');
    const run = await intake();
    assert.deepEqual([run.outcome, run.counts['records']], ['done', 0]);
    assert.deepEqual(await codes(), []);
    at('2026-09-02T06:00:00');
    assert.deepEqual(await codes(), ['SOURCE_LATE']);
    at('2026-09-03T03:00:00');
    await publish(folder(), smallTown('ber-20260903', numbers(1, 30)));
    assert.ok(((await intake()).counts['records'] ?? 0) > 0);
    assert.deepEqual(await codes(), [], 'a night in which nothing has changed is a night');
  });

  it('is refused where it was made before the one that was read, or too long ago', async () => {
    await publish(folder(), smallTown('ber-20260901', numbers(1, 30)));
    at('2026-09-01T03:00:00');
    await intake();
    const older = {
      ...smallTown('ber-20260902', numbers(1, 29)),
      datetime: '2026-08-31T02:00:00+02:00',
    };
    await publish(folder(), older);
    at('2026-09-01T12:00:00');
    const before = await intake();
    assert.deepEqual([before.outcome, before.problem?.code], ['failed', 'SOURCE_STALE']);
    assert.match(before.problem?.text ?? '', /ber-20260902 was made before ber-20260901/);
    await publish(folder(), smallTown('ber-20260903', numbers(1, 28)));
    at('2026-09-05T03:00:00');
    const old = await intake();
    assert.deepEqual([old.outcome, old.problem?.code], ['failed', 'SOURCE_STALE']);
    assert.match(old.problem?.text ?? '', /longer ago than its maxAge/);
    assert.equal(world.identity.directory.of('Users').size, 30);
  });

  it('is read where a column is new, and a person is told as long as it is so', async () => {
    const batch = smallTown('ber-20260901', numbers(1, 30));
    const files = filesOf(batch).map((file) => {
      const isStaff = file.name.endsWith('-program.csv');
      return isStaff
        ? { ...file, text: file.text.replace('skolform;typ', 'skolform;typ;ny') }
        : file;
    });
    for (const { name, text } of files) await writeFile(join(folder(), name), text);
    await writeFile(join(folder(), `${batch.name}.done`), markerOf(files));
    at('2026-09-01T03:00:00');
    assert.equal((await intake()).outcome, 'done');
    const [found, ...more] = await findings();
    assert.equal(more.length, 0);
    assert.equal(found?.code, 'FILE_DRIFT');
    assert.match(found?.text ?? '', /ber-20260901-program.csv: column "ny" is new and is not read/);
    await publish(folder(), smallTown('ber-20260902', numbers(1, 30)));
    at('2026-09-02T03:00:00');
    await intake();
    assert.deepEqual(await codes(), []);
  });

  it('is taken in where it speaks of nobody, and a person is told as long as it is so', async () => {
    const pupils = numbers(1, 30);
    const batch = smallTown('ber-20260901', pupils);
    const spoken = (batch.elements ?? []).map((xml) =>
      xml.startsWith('<membership><sourcedid><id>class')
        ? xml.replaceAll('<id>p3</id>', '<id>gone</id>')
        : xml,
    );
    await publish(folder(), { ...batch, elements: spoken });
    at('2026-09-01T03:00:00');
    assert.equal((await intake()).outcome, 'done');
    const [found, ...more] = await findings();
    assert.deepEqual([found?.code, more.length], ['REFERENCE_MISSING', 0]);
    const [said = '', line] = found?.text.split(', such as in ber-20260901.xml:') ?? [];
    assert.equal(said, 'no source has delivered 1 of kind person to which group records refer');
    const sent = filesOf({ ...batch, elements: spoken }).find(({ name }) => name.endsWith('.xml'));
    const from = sent?.text.split('\n').slice(Number(line) - 1) ?? [];
    assert.match(from[0] ?? '', /<membership><sourcedid><id>class/);
    await publish(folder(), smallTown('ber-20260902', pupils));
    at('2026-09-02T03:00:00');
    await intake();
    assert.deepEqual(await codes(), []);
  });

  describe('of files that a layout declares', () => {
    beforeEach(async () => {
      const own = join(world.folder, 'mappings', 'pupils');
      await mkdir(own, { recursive: true });
      await writeFile(join(own, 'pupils.layout.yaml'), LAYOUT);
      await writeFile(join(own, 'person.yaml'), MAPPING);
      const binding = await world.binding('register');
      await world.reconfigure(
        binding,
        '  register: { connector: files, mappings: pupils, options: { files: { folder: data/register }, layout: pupils } }',
      );
    });

    async function send(day: string, pupils: number): Promise<void> {
      const rows = numbers(1, pupils).map((number) => `p${number};Kim;Ek`);
      await writeFile(
        join(folder(), `pupils-${day}.csv`),
        `${['id;given;family', ...rows].join('\n')}\n`,
      );
      await writeFile(join(folder(), `ready-${day}.done`), '');
    }

    it('is silence where the same comes again, under its own name or another', async () => {
      await send('2026-09-01', 12);
      at('2026-09-01T03:00:00');
      assert.equal((await intake()).counts['records'], 12);
      await send('2026-09-02', 12);
      at('2026-09-02T03:00:00');
      await intake();
      assert.deepEqual(await codes(), []);
      at('2026-09-02T06:00:00');
      await intake();
      assert.deepEqual(await codes(), ['SOURCE_LATE']);
      await send('2026-09-03', 13);
      await intake();
      assert.deepEqual(await codes(), []);
    });

    it('says that a record came twice and not the same, takes the last, and is steady', async () => {
      const rows = [
        'id;given;family',
        'p1;Kim;Ek',
        'p2;Bo;Al',
        'p1;Kim;Berg',
        'p2;Bo;Al',
        'p3;Cy;Ask',
      ];
      for (const [day, changed] of [
        ['2026-09-01', 5],
        ['2026-09-02', 2],
        ['2026-09-03', 2],
      ] as const) {
        await writeFile(join(folder(), `pupils-${day}.csv`), `${rows.join('\n')}\n`);
        await writeFile(join(folder(), `ready-${day}.done`), '');
        at(`${day}T03:00:00`);
        assert.equal((await intake()).counts['changed'], changed, day);
        const [found, ...more] = await findings();
        assert.deepEqual([found?.code, more.length], ['RECORD_REPEATED', 0]);
        const where = `pupils-${day}.csv:4`;
        assert.equal(found?.text, `register: 1 of person came twice, and not the same: ${where}`);
        const [kim] = await world.withHub(({ control }) =>
          control.findPersons('register:p1', 'Kim', 'a call'),
        );
        const { sources } = await world.withHub(({ control }) =>
          control.trace({ kind: 'person', id: kim?.id ?? '' }, 'Kim'),
        );
        assert.deepEqual(
          sources.map(({ line }) => line),
          [4],
          day,
        );
      }
      await send('2026-09-04', 3);
      at('2026-09-04T03:00:00');
      await intake();
      assert.deepEqual(await codes(), []);
    });

    it('says so in the first night of it, where the first of the two is as it was', async () => {
      for (const [day, rows] of [
        ['2026-09-01', ['p1;Kim;Ek', 'p2;Bo;Al']],
        ['2026-09-02', ['p1;Kim;Ek', 'p2;Bo;Al', 'p1;Kim;Berg']],
      ] as const) {
        const text = ['id;given;family', ...rows, ''].join('\n');
        await writeFile(join(folder(), `pupils-${day}.csv`), text);
        await writeFile(join(folder(), `ready-${day}.done`), '');
        at(`${day}T03:00:00`);
        await intake();
      }
      assert.deepEqual(await codes(), ['RECORD_REPEATED']);
    });

    it('is held where a small file is empty, with its marker there', async () => {
      await send('2026-09-01', 12);
      at('2026-09-01T03:00:00');
      await intake();
      await send('2026-09-02', 0);
      at('2026-09-02T03:00:00');
      const { outcome, problem } = await intake();
      assert.deepEqual([outcome, problem?.code], ['held', 'SOURCE_EMPTY']);
      assert.match(problem?.text ?? '', /person: nothing where the last good run left 12/);
    });
  });
});
