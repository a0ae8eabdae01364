import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run } from '../../core/store/run-store.ts';
import { runOf, World } from './world.ts';

const PLAIN =
  'connector: ims-enterprise, mappings: ims-enterprise, options: { layout: ims-enterprise, files: { folder: data/ims } }';
const PIFU =
  'connector: ims-enterprise, mappings: ims-enterprise-pifu, options: { layout: ims-enterprise-pifu, files: { folder: data/ims } }';

/** A school owner, a school, a class with two pupils of whom one has left it, and its teacher. */
const PIFU_DOCUMENT = `<?xml version="1.0" encoding="UTF-8"?>
<enterprise xmlns="http://pifu.no/xsd/pifu-ims_sas/pifu-ims_sas-v1">
<properties lang="no"><datasource>SAS</datasource><type>full</type><datetime>2026-09-01T02:00:00</datetime></properties>
${person('p1', 'Kim', 'Student')}
${person('p2', 'Bo', 'Student')}
${person('t1', 'Mira', 'Staff')}
${group('m1', 'pifu-ims-go-org', 1, 'm1')}
${group('u1', 'pifu-ims-go-org', 2, 'm1')}
${group('c1', 'pifu-ims-go-grp', 1, 'u1')}
<membership><sourcedid><source>SAS</source><id>u1</id></sourcedid>${member('p1', '01')}${member('p2', '01')}${member('t1', '02')}</membership>
<membership><sourcedid><source>SAS</source><id>c1</id></sourcedid>${member('p1', '01')}${member('p2', '01', 0)}${member('t1', '02')}</membership>
</enterprise>
`;

/** The outcome, and what was not right where something was not. */
function problemsOf({ outcome, counts }: Run): string {
  const bad = ['failed', 'blocked', 'parked', 'invalid', 'quarantined'].filter(
    (name) => counts[name],
  );
  return [outcome, ...bad].join(' ');
}

function person(id: string, given: string, role: string): string {
  return `<person><sourcedid sourcedidtype="New"><source>SAS</source><id>${id}</id></sourcedid>
<userid useridtype="personNIN">01010150000</userid><userid useridtype="feideID">${id}@skole.example</userid>
<name><fn>${given} Ek</fn>
<n><family>Ek</family><given>${given}</given></n></name>
<demographics><gender>0</gender><bday>2013-04-12</bday></demographics>
<email>${id}@skole.example</email>
<institutionrole primaryrole="Yes"
institutionroletype="${role}"/></person>`;
}

function group(id: string, scheme: string, level: number, parent: string): string {
  const above = `<sourcedid><source>SAS</source><id>${parent}</id></sourcedid>`;
  return `<group><sourcedid><source>SAS</source><id>${id}</id></sourcedid>
<grouptype><scheme>${scheme}</scheme><typevalue level="${level}">x</typevalue></grouptype>
<description><short>Skolen ${id}</short></description>
<timeframe><begin>2026-08-18</begin></timeframe>
<relationship relation="1">${above}<label>Parent</label></relationship></group>`;
}

function member(id: string, roletype: string, status = 1): string {
  return `<member><sourcedid><source>SAS</source><id>${id}</id></sourcedid>
<idtype>1</idtype>
<role roletype="${roletype}"><status>${status}</status>
<timeframe><begin>2026-08-18</begin></timeframe></role></member>`;
}

describe('IMS Enterprise by a profile', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
    await mkdir(join(world.folder, 'data/ims'));
  });
  afterEach(() => world.close());

  it('carries a city from one hub to another: what one writes, the other reads', async () => {
    await world.night(1, 100);
    await world.sync('lms');
    const { persons, groups, memberships } = world.lms.site;
    const taught = [...groups.values()].filter(({ type }) => type === 'Course').length;
    const roles = Map.groupBy(memberships.values(), ({ role }) => role);
    const pupils = [...persons.values()].filter(({ role }) => role === 'Student').length;
    await world.reconfigure(await world.binding('lms'), `  lms: { ${PLAIN} }`);
    assert.equal(runOf(await world.sync('lms'), 'lms').counts['failed'], 0);
    const first = await readFile(join(world.folder, 'data/ims/ims-enterprise.xml'), 'utf8');
    assert.deepEqual((await world.plan('lms'))[0]?.counts, { create: 0, update: 0, delete: 0 });

    const other = await World.open();
    try {
      await other.write('data/ims/ims-enterprise.xml', first);
      await other.reconfigure(await other.binding('register'), `  register: { ${PLAIN} }`);
      other.now = world.now;
      const report = await other.sync('lms');
      assert.deepEqual([...report.intakes, ...report.flows].map(problemsOf), ['done', 'done']);
      const { site } = other.lms;
      assert.equal(
        [...site.groups.values()].filter(({ type }) => type === 'Course').length,
        taught,
      );
      assert.equal(
        [...site.persons.values()].filter(({ role }) => role === 'Student').length,
        pupils,
      );
      const there = Map.groupBy(site.memberships.values(), ({ role }) => role);
      const count = (all: typeof there, role: string) => all.get(role)?.length;
      assert.deepEqual(
        [count(there, 'Learner'), count(there, 'Instructor')],
        [count(roles, 'Learner'), count(roles, 'Instructor')],
      );
    } finally {
      await other.close();
    }
  });

  it('reads PIFU-IMS, in its namespace, and nobody’s national number', async () => {
    await world.write('data/ims/pifu-ims.xml', PIFU_DOCUMENT);
    await world.reconfigure(await world.binding('register'), `  register: { ${PIFU} }`);
    world.now = Date.parse('2026-09-01T03:00:00+02:00');
    const report = await world.sync('lms');
    assert.deepEqual([...report.intakes, ...report.flows].map(problemsOf), ['done', 'done']);
    const { persons, groups, memberships } = world.lms.site;
    const roles = [...persons.values()].map(({ givenName, role }) => `${givenName} ${role}`);
    assert.deepEqual(roles.sort(), ['Bo Student', 'Kim Student', 'Mira Staff']);
    assert.deepEqual([...groups.values()].map(({ title, type }) => `${title} ${type}`).sort(), [
      'Skolen c1 Course',
      'Skolen u1 School',
    ]);
    const members = [...memberships.values()].map(({ person: id, role }) => {
      return `${persons.get(id)?.givenName} ${role}`;
    });
    assert.deepEqual(members.sort(), ['Kim Learner', 'Mira Instructor']);
    assert.doesNotMatch(world.lms.site.dump(), /01010150000/);
  });
});
