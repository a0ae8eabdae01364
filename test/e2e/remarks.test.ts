import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILT_IN_FOLDER } from '../../core/hub.ts';
import { CONFIG, FLOW, MAPPING, SpoiltWorkspace } from './spoilt-workspace.ts';

const PERSON = 'mappings/barn-och-elevregister/person.yaml';

/** No fault, and yet without the effect that was meant: it is told. */
describe('remarks on files that have no fault', () => {
  let spoilt: SpoiltWorkspace;

  beforeEach(async () => {
    spoilt = await SpoiltWorkspace.open();
  });
  afterEach(() => spoilt.remove());

  const remarks: readonly { readonly what: string; file: string; text: string; remark: RegExp }[] =
    [
      {
        ...{ what: 'a flow whose name ends otherwise', file: 'flows/lms.yml', text: FLOW },
        remark: /^flows\/lms\.yml:1:1 FILE_UNREAD /,
      },
      {
        ...{ what: 'a mapping in no folder', file: 'mappings/user.yaml', text: MAPPING },
        remark: /^mappings\/user\.yaml:1:1 FILE_UNREAD /,
      },
      {
        ...{ what: 'a folder that no module has its mappings in' },
        ...{ file: 'mappings/scmi/user.yaml', text: MAPPING },
        remark: /^mappings\/scmi:1:1 MAPPINGS_UNUSED .*Did you mean "scim"\?/,
      },
      {
        ...{ what: 'a table that no mapping names' },
        file: 'mappings/barn-och-elevregister/tables/sx.csv',
        text: 'from,to\nF,Kvinna\n',
        remark: /^mappings\/.*\/sx\.csv:1:1 TABLE_UNUSED .*Did you mean "tables\/sex\.csv"\?/,
      },
      {
        ...{ what: 'a folder that is named almost as one that is read' },
        ...{ file: 'mapping/scim/user.yaml', text: MAPPING },
        remark: /^mapping:1:1 FOLDER_UNREAD is not read\. Did you mean "mappings"\?/,
      },
      {
        ...{ what: 'a canonical schema without its number' },
        ...{ file: 'schemas/canonical/person.json', text: '{}' },
        remark: /^schemas\/canonical\/person\.json:1:1 FILE_UNREAD /,
      },
      {
        ...{ what: 'a rule of a source in the words of an older version', file: 'config/hub.yaml' },
        text: `${CONFIG}sources: { register: { minRecords: 90% } }\n`,
        remark: /^config\/hub\.yaml:\d+:\d+ CONFIG_FORMER_WORDS .*guards: \{ maxDelete: 10% \}$/,
      },
      {
        ...{ what: 'a built-in flow that those of the workspace have put off' },
        ...{ file: 'config/hub.yaml' },
        text: `${CONFIG}  collaboration: { connector: microsoft-sds, options: { files: { folder: out } } }\n`,
        remark: /^flows\/collaboration\.yaml:1:1 FLOW_OFF .*Copy it/,
      },
    ];

  it('say that nobody would be hidden where no source can say who is protected', async () => {
    const own = await readFile(join(BUILT_IN_FOLDER, PERSON), 'utf8');
    await spoilt.write(PERSON, own);
    const said = async () => (await spoilt.remarks()).filter((one) => one.includes('_UNSAID'));
    assert.deepEqual(await said(), []);
    const silent = own.replace(/^ {2}(securityMarking|skolnav\.protection\.\w+):.*\n/gm, '');
    await spoilt.write(PERSON, silent);
    assert.match((await said()).join('\n'), /PROTECTION_UNSAID .*Map one of securityMarking/);
  });

  it('say that a flow asks whose pupils are meant, and sees those of the city alone unless it says otherwise', async () => {
    const asks = FLOW.replace('active(e)', 'active(e) && !ours(e)');
    const said = async (flow: string) => {
      await spoilt.write('flows/identity.yaml', flow);
      assert.deepEqual(await spoilt.lints(), []);
      return (await spoilt.remarks()).filter((one) => one.includes('SCHOOLS_UNSAID'));
    };
    assert.deepEqual(await said(FLOW), []);
    const only = FLOW.replace('active(e)', 'active(e) && ours(e)');
    assert.deepEqual(await said(only), [], 'who means the city alone loses nothing');
    const [remark, ...more] = await said(asks);
    assert.deepEqual(more, []);
    assert.match(remark ?? '', /^flows\/identity\.yaml:6:\d+ SCHOOLS_UNSAID .*`schools: all`/);
    for (const word of ['ours', 'others', 'all']) {
      assert.deepEqual(await said(`${asks}schools: ${word}\n`), []);
    }
    const when = 'when: enrolments.exists(e, !ours(e))\nkey:';
    await spoilt.write('mappings/scim/user.yaml', MAPPING.replace('key:', when));
    const [by, ...others] = await said(FLOW);
    assert.deepEqual(others, []);
    assert.match(
      by ?? '',
      /^flows\/identity\.yaml:4:\d+ SCHOOLS_UNSAID mappings\/scim\/user\.yaml /,
    );
    assert.deepEqual(
      await said(FLOW.replace('person: {', 'group: {').replace(/ where: ".*" /, '')),
      [],
    );
  });

  it('say what is switched on and can never have an object', async () => {
    const on = '{ files: { folder: out }, relationships: true }';
    await spoilt.write(
      'config/hub.yaml',
      `${CONFIG}  collaboration: { connector: microsoft-sds, options: ${on} }\n`,
    );
    const flow = (kinds: string) =>
      FLOW.replace('to: identity', 'to: collaboration').replace(/ {2}person: .*/, kinds);
    await spoilt.write('flows/collaboration.yaml', flow('  group: {}'));
    const never = async () =>
      (await spoilt.remarks()).filter((one) => one.includes('OBJECTS_NEVER')).sort();
    const [contacts, relationships] = await never();
    assert.match(contacts ?? '', /"contacts" can ever be made: the flow selects no person/);
    assert.match(
      relationships ?? '',
      /"relationships" can ever be made: the flow selects no person/,
    );
    await spoilt.write('flows/collaboration.yaml', flow('  person: {}'));
    assert.deepEqual(await never(), []);
  });

  for (const { what, file, text, remark } of remarks) {
    it(`are told: ${what}`, async () => {
      await spoilt.write(file, text);
      assert.deepEqual(await spoilt.lints(), []);
      const said = await spoilt.remarks();
      assert.ok(
        said.some((one) => remark.test(one)),
        said.join('\n'),
      );
    });
  }
});
