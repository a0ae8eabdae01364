import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GenerateOptions, generateCity, type NightSummary } from './generate-city.ts';

const CITY = { pupils: 1500, seed: 'test', date: '2026-09-01', nights: 1, faults: false };

describe('the generated city', () => {
  let folder: string;
  let files: ReadonlyMap<string, string>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-city-'));
    files = await generate({});
  });
  after(() => rm(folder, { recursive: true }));

  let made = 0;
  let summaries: readonly NightSummary[] = [];
  async function generate(options: Partial<GenerateOptions>) {
    made += 1;
    const out = join(folder, String(made));
    summaries = await generateCity({ ...CITY, out, ...options });
    const found = new Map<string, string>();
    for (const name of await readdir(out)) {
      if (name !== 'changes') found.set(name, await readFile(join(out, name), 'utf8'));
    }
    return found;
  }

  const xml = () => files.get('ber-20260901.xml') ?? '';
  const csv = (suffix: string) =>
    (files.get(`ber-20260901-${suffix}.csv`) ?? '')
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(';'));
  const all = (pattern: RegExp, text = xml()) =>
    [...text.matchAll(pattern)].map(([, one = '']) => one);
  const elements = (name: string) => all(new RegExp(`(<${name}[ >].*?</${name}>)`, 'gs'));
  const idOf = (element: string) => /<id>([^<]*)<\/id>/.exec(element)?.[1] ?? '';

  it('is the same to the byte for the same seed, and another for another', async () => {
    assert.deepEqual(await generate({}), files);
    assert.notDeepEqual((await generate({ seed: 'other' })).get('ber-20260901.xml'), xml());
  });

  it('has no personal number that a living person could have', () => {
    const numbers = [...all(/useridtype="PID">([^<]*)</g), ...all(/<formerid[^>]*>([^<]*)</g)];
    assert.ok(numbers.length > 3000);
    for (const number of numbers) {
      assert.match(number, /^\d{8}(TF\d{2}|\d{4})$/);
      if (/TF/.test(number)) continue;
      const sum = [...number.slice(2)].reduce((total, digit, at) => {
        const product = Number(digit) * (at % 2 === 0 ? 2 : 1);
        return total + (product > 9 ? product - 9 : product);
      }, 0);
      assert.notEqual(sum % 10, 0, 'the check digit is wrong on purpose');
    }
    assert.equal(new Set(numbers).size, numbers.length, 'nobody shares a number');
  });

  it('refers only to what it has', () => {
    const persons = new Set(elements('person').map(idOf));
    const groups = new Set(elements('group').map(idOf));
    for (const element of elements('person')) {
      for (const id of all(/<contactperson.*?<id>([^<]*)</gs, element)) assert.ok(persons.has(id));
    }
    for (const element of elements('group')) {
      for (const id of all(/<relationship.*?<id>([^<]*)</gs, element)) assert.ok(groups.has(id));
    }
    for (const element of elements('membership')) {
      const [group = '', ...members] = all(/<id>([^<]*)</g, element);
      assert.ok(groups.has(group));
      for (const id of members) assert.ok(persons.has(id));
      for (const id of all(/<owner>([^<]*)</g, element)) assert.ok(persons.has(id));
      for (const id of all(/<department>([^<]*)</g, element)) assert.ok(groups.has(id));
    }
    const duties = new Set<string>();
    for (const [duty = '', person = '', unit = '', , , , , , mentorFor = ''] of csv(
      'anstallning',
    )) {
      duties.add(duty);
      assert.ok(persons.has(person) && groups.has(unit));
      for (const id of mentorFor.split(',').filter(Boolean)) assert.ok(groups.has(id));
    }
    for (const [, , unit = '', taught = '', teachers = ''] of csv('aktivitet')) {
      assert.ok(groups.has(unit));
      for (const id of taught.split(',')) assert.ok(groups.has(id));
      for (const id of teachers.split(',').filter(Boolean)) assert.ok(duties.has(id));
    }
    for (const [person = ''] of csv('konto')) assert.ok(persons.has(person));
  });

  it('has what makes a city hard', () => {
    const persons = elements('person');
    const guardiansOf = (element: string) => all(/<contactperson.*?<id>([^<]*)</gs, element);
    const children = persons.filter((element) => guardiansOf(element).length > 0);
    const byGuardians = Map.groupBy(children, (element) => guardiansOf(element).sort().join());
    const families = [...byGuardians.values()];
    const bornOn = (element: string) => /<bday>([^<]*)/.exec(element)?.[1];
    const homes = new Map(persons.map((one) => [idOf(one), /<street>([^<]*)/.exec(one)?.[1]]));
    const separated = children.filter((element) => {
      return new Set(guardiansOf(element).map((id) => homes.get(id))).size > 1;
    });
    const forms = new Set(all(/<schooltype>([^<]*)</g));
    const teachers = Map.groupBy(csv('anstallning'), ([, person]) => person);
    const counts = {
      siblings: families.filter((children_) => children_.length > 1).length,
      twins: families.filter((one) => new Set(one.map(bornOn)).size < one.length).length,
      separated: separated.length,
      soleCustody: all(/custody="(sole)"/g).length,
      protected: all(/<(privacy)/g).length,
      temporaryNumbers: all(/>\d{8}(TF)\d{2}</g).length,
      withoutNumber: persons.filter((one) => !one.includes('useridtype="PID"')).length,
      mixedClasses: all(/<schoolyear>(\d+-\d+)</g).length,
      teachersAtSeveralSchools: [...teachers.values()].filter(
        (duties) => new Set(duties.map(([, , unit]) => unit)).size > 1,
      ).length,
    };
    for (const [what, count] of Object.entries(counts)) assert.ok(count > 0, what);
    for (const form of ['PC', 'FK', 'GR', 'GY', 'SF', 'F']) assert.ok(forms.has(form), form);
  });

  it('has children of independent schools and preschools, of whom it knows the enrolment or the place alone', () => {
    const units = elements('group')
      .filter((one) => one.includes('>Independent<'))
      .map(idOf);
    assert.ok(units.length >= 4);
    const accounts = new Set(csv('konto').map(([person = '']) => person));
    const memberships = elements('membership').filter((one) => units.includes(idOf(one)));
    assert.equal(memberships.length, units.length);
    for (const element of memberships) {
      const [, ...pupils] = all(/<id>([^<]*)</g, element);
      assert.ok(pupils.length > 0);
      for (const id of pupils) assert.ok(!accounts.has(id));
    }
    const places = memberships.map((one) => all(/<placement id="([^"]*)" schooltype="PC"/g, one));
    assert.equal(new Set(places.flat()).size, places.flat().length);
    assert.equal(places.filter((one) => one.length > 0).length, units.length / 2);
  });

  it('changes a little every night, and says what', async () => {
    const nights = await generate({ nights: 12 });
    const kinds = new Set(summaries.flatMap(({ changes }) => changes.map(({ kind }) => kind)));
    for (const kind of ['arrival', 'leaver', 'move', 'name'])
      assert.ok(kinds.has(kind as never), kind);
    for (const [at, { changes }] of summaries.entries()) {
      if (at > 0) assert.ok(changes.length < 100);
    }
    assert.notEqual(nights.get('ber-20260902.xml'), nights.get('ber-20260903.xml'));
  });

  it('writes one night of many as it writes it among them', async () => {
    const among = await generate({ nights: 3 });
    const alone = await generate({ nights: 3, from: 3 });
    assert.equal(alone.get('ber-20260903.xml'), among.get('ber-20260903.xml'));
    assert.equal(alone.has('ber-20260902.xml'), false);
  });
});
