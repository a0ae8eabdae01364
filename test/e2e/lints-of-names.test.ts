import assert from 'node:assert/strict';
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILT_IN_FOLDER } from '../../core/hub.ts';
import { CONFIG, MAPPING, type Slip, SpoiltWorkspace, TOKEN } from './spoilt-workspace.ts';

const PERSON = 'mappings/barn-och-elevregister/person.yaml';
/** A module that is bound to what takes sets and gives nothing. */
const SETS = '\n  sets: { connector: microsoft-sds, options: { files: { folder: out } } }';

/** What names nothing, or has no effect, rules nothing: it is told. */
describe('lints of names', () => {
  let spoilt: SpoiltWorkspace;

  beforeEach(async () => {
    spoilt = await SpoiltWorkspace.open();
  });
  afterEach(() => spoilt.remove());

  const slips: readonly Slip[] = [
    {
      ...{ what: 'an address that is none', file: 'config/hub.yaml' },
      ...{ from: 'https://idp.example/scim', to: 'idp.example/scim' },
      lint: /^config\/hub\.yaml:4:\d+ CONFIG_OPTION_INVALID .*options\.url must be an address/,
    },
    {
      ...{ what: 'a password in an address', file: 'config/hub.yaml' },
      ...{ from: 'https://idp', to: 'https://hub:hunter2@idp' },
      lint: /^config\/hub\.yaml:4:\d+ CONFIG_OPTION_INVALID (?!.*hunter2)/,
    },
    {
      ...{ what: 'an address in place of a server', file: 'config/hub.yaml' },
      from: 'modules:',
      to: 'mail: { host: "smtp://mail.example", from: a@b.example, to: [c@b.example] }\nmodules:',
      lint: /^config\/hub\.yaml:2:\d+ CONFIG_INVALID mail\.host must be the name/,
    },
    {
      ...{ what: 'an unknown option, also where its value is a reference' },
      ...{ file: 'config/hub.yaml', from: 'token:', to: 'tokn:' },
      lint: /^config\/hub\.yaml:4:\d+ CONFIG_OPTION_KEY_UNKNOWN .*Did you mean "token"\?/,
    },
    {
      ...{ what: 'a reference within a text, which nothing replaces', file: 'config/hub.yaml' },
      ...{ from: 'https://idp.example', to: `https://${TOKEN}` },
      lint: /^config\/hub\.yaml:4:\d+ CONFIG_REFERENCE /,
    },
    {
      ...{ what: 'a reference that is misspelt, also where any text will do' },
      ...{
        file: 'config/hub.yaml',
        from: 'folder: in',
        to: `folder: "${TOKEN.replace('env', 'evn')}"`,
      },
      lint: /^config\/hub\.yaml:3:\d+ CONFIG_REFERENCE is no reference\. Write \$\{env:NAME\}/,
    },
    {
      ...{ what: 'a name of a shell in place of a reference', file: 'config/hub.yaml' },
      ...{ from: 'folder: in', to: 'folder: $REGISTER' },
      lint: /^config\/hub\.yaml:3:\d+ CONFIG_REFERENCE is no reference\./,
    },
    {
      ...{ what: 'a reference where none is read', file: 'config/hub.yaml' },
      ...{ from: 'modules:', to: `data: "${TOKEN}"\nmodules:` },
      lint: /^config\/hub\.yaml:2:\d+ CONFIG_REFERENCE no reference is read here\./,
    },
    {
      ...{ what: 'a time that is none, with one that is', file: 'flows/identity.yaml' },
      ...{ from: 'to: identity', to: 'to: identity\ndeadline: "26:00"' },
      lint: /^flows\/identity\.yaml:5:\d+ FLOW_INVALID deadline must .*\. For example 06:00\.$/,
    },
    {
      ...{ what: 'a rule for a stream that the source does not have', file: 'config/hub.yaml' },
      from: 'modules:',
      to: 'sources: { register: { missing: { persn: keep } } }\nmodules:',
      lint: /^config\/hub\.yaml:2:\d+ CONFIG_STREAM_UNKNOWN .*Did you mean "person"\?/,
    },
    {
      ...{ what: 'an owner that is no module', file: 'config/hub.yaml' },
      ...{ from: 'modules:', to: 'ownership: { person: { "*": registr } }\nmodules:' },
      lint: /^config\/hub\.yaml:2:\d+ CONFIG_MODULE_UNKNOWN no module "registr"\. Did you mean "register"\?/,
    },
    {
      ...{ what: 'a share that no set can have', file: 'config/hub.yaml' },
      ...{
        from: 'modules:',
        to: 'sources: { register: { guards: { maxDelete: 101% } } }\nmodules:',
      },
      lint: /^config\/hub\.yaml:2:\d+ CONFIG_INVALID sources\.register\.guards\.maxDelete /,
    },
    {
      ...{ what: 'an age that no set can have', file: 'config/hub.yaml' },
      ...{ from: 'modules:', to: 'sources: { register: { maxAge: 0h } }\nmodules:' },
      lint: /^config\/hub\.yaml:2:\d+ CONFIG_INVALID sources\.register\.maxAge /,
    },
    {
      ...{ what: 'a number of runs that cannot be, as what it is', file: 'config/hub.yaml' },
      from: 'modules:',
      to: 'sources: { register: { missing: { "*": { after: 0 } } } }\nmodules:',
      lint: /^config\/hub\.yaml:2:\d+ CONFIG_INVALID .*missing\.\*\.after must be 1 or more/,
    },
    {
      ...{ what: 'a user of the mail server without a password', file: 'config/hub.yaml' },
      from: 'modules:',
      to: 'mail: { host: mail.example, user: hub, from: a@b.example, to: [c@b.example] }\nmodules:',
      lint: /^config\/hub\.yaml:2:\d+ CONFIG_INVALID mail\.user needs "password" beside it$/,
    },
    {
      ...{ what: 'rules for a source that is none', file: 'config/hub.yaml' },
      ...{ from: 'modules:', to: `sources: { sets: { approvals: 2 } }\nmodules:${SETS}` },
      lint: /^config\/hub\.yaml:2:\d+ CONFIG_NO_SOURCE /,
    },
    {
      ...{ what: 'rules for a module that is not bound', file: 'config/hub.yaml' },
      ...{ from: 'modules:', to: 'sources: { registr: { approvals: 2 } }\nmodules:' },
      lint: /^config\/hub\.yaml:2:\d+ CONFIG_MODULE_UNKNOWN .*Did you mean "register"\?/,
    },
    {
      ...{ what: 'a system that is to call where nobody listens', file: 'config/hub.yaml' },
      from: 'modules:',
      to: `modules:\n  absence: { connector: events, mappings: absence, options: { layout: absence, webhook: { secret: "${TOKEN}" } } }`,
      lint: /^config\/hub\.yaml:3:\d+ CONFIG_DOORBELL_MISSING .*doorbell: \{ port: 8765 \}/,
    },
    {
      ...{ what: 'a module that asks and answers', file: 'config/hub.yaml' },
      from: 'modules:',
      to: `modules:\n  served: { connector: ss12000, options: { url: "https://a.example", client: { id: a, secret: "${TOKEN}" } } }`,
      lint: /^config\/hub\.yaml:3:\d+ CONFIG_BOTH_WAYS .*Bind two modules/,
    },
    {
      ...{ what: 'an owner of a kind that is not there', file: 'config/hub.yaml' },
      ...{ from: 'modules:', to: 'ownership: { persn: { "*": register } }\nmodules:' },
      lint: /^config\/hub\.yaml:2:\d+ CONFIG_KIND_UNKNOWN .*Did you mean "person"\?/,
    },
    {
      ...{ what: 'an owner of a field that is not there', file: 'config/hub.yaml' },
      ...{ from: 'modules:', to: 'ownership: { person: { emials: register } }\nmodules:' },
      lint: /^config\/hub\.yaml:2:\d+ CONFIG_FIELD_UNKNOWN .*Did you mean "emails"\?/,
    },
    {
      ...{ what: 'an owner of items that no code tells apart', file: 'config/hub.yaml' },
      from: 'modules:',
      to: 'ownership: { person: { \'emails[value="a"]\': register } }\nmodules:',
      lint: /^config\/hub\.yaml:2:\d+ CONFIG_FIELD_UNKNOWN no items that "value" tells apart /,
    },
    {
      ...{ what: 'an owner of items with a code that is not there', file: 'config/hub.yaml' },
      from: 'modules:',
      to: 'ownership: { person: { \'emails[type="Skola elv"]\': register } }\nmodules:',
      lint: /^config\/hub\.yaml:2:\d+ CONFIG_FIELD_UNKNOWN .*Did you mean "Skola elev"\?/,
    },
    {
      ...{ what: 'an owner that gives nothing', file: 'config/hub.yaml' },
      ...{ from: 'modules:', to: `ownership: { person: { "*": sets } }\nmodules:${SETS}` },
      lint: /^config\/hub\.yaml:2:\d+ CONFIG_NO_SOURCE /,
    },
    {
      ...{ what: 'a folder of mappings that is not there', file: 'config/hub.yaml' },
      ...{ from: 'connector: scim,', to: 'connector: scim, mappings: scim-egli,' },
      lint: /^config\/hub\.yaml:4:\d+ CONFIG_MAPPINGS_UNKNOWN .*Did you mean "scim-egil"\?/,
    },
    {
      ...{ what: 'a kind to adopt that the target does not have', file: 'flows/identity.yaml' },
      ...{ from: 'to: identity', to: 'to: identity\nadopt: { Usr: [userName] }' },
      lint: /^flows\/identity\.yaml:5:\d+ FLOW_ADOPT_UNKNOWN .*Did you mean "User"\?/,
    },
    {
      ...{ what: 'a locked field that no mapping fills', file: 'flows/identity.yaml' },
      ...{
        from: 'to: identity',
        to: 'to: identity\noverrides: { locked: { User: [usrName] } }',
      },
      lint: /^flows\/identity\.yaml:5:\d+ FLOW_OVERRIDE_UNKNOWN .*Did you mean "userName"\?/,
    },
    {
      ...{ what: 'a kind with sensitive fields that is not there', file: 'flows/identity.yaml' },
      ...{ from: 'to: identity', to: 'to: identity\noverrides: { sensitive: { Usr: ["*"] } }' },
      lint: /^flows\/identity\.yaml:5:\d+ FLOW_OVERRIDE_UNKNOWN .*Did you mean "User"\?/,
    },
    {
      ...{ what: 'a source that gives nothing, where a flow names it', file: 'config/hub.yaml' },
      from: '  register: { connector: barn-och-elevregister,',
      to: '  register: { connector: microsoft-sds,',
      lint: /^flows\/identity\.yaml:3:7 FLOW_NO_SOURCE /,
    },
    {
      ...{ what: 'a field within a macro that is not there', file: 'flows/identity.yaml' },
      ...{ from: 'active(e)', to: "active(e) && e.schoolTpe == 'GR'" },
      lint: /^flows\/identity\.yaml:6:57 FLOW_WHERE .*Did you mean "schoolType"\?/,
    },
    {
      ...{ what: 'a code that its enumeration does not have', file: 'flows/identity.yaml' },
      ...{ from: 'active(e)', to: "e.schoolType in ['GR', 'GRUND']" },
      lint: /^flows\/identity\.yaml:6:\d+ FLOW_WHERE no code "GRUND"/,
    },
    {
      ...{ what: 'a field of what is selected from a list', file: 'flows/identity.yaml' },
      ...{ from: 'enrolments.exists(e, active(e))', to: 'first(enrolments).schoolTyp == null' },
      lint: /^flows\/identity\.yaml:6:\d+ FLOW_WHERE .*Did you mean "schoolType"\?/,
    },
    {
      ...{ what: 'a path through a list without saying which', file: 'mappings/scim/user.yaml' },
      ...{ from: 'take: givenName', to: 'take: enrolments.schoolYear' },
      lint: /^mappings\/scim\/user\.yaml:7:\d+ MAPPING_PATH_UNKNOWN /,
    },
    {
      ...{ what: 'an item chosen by a field that no item has', file: 'mappings/scim/user.yaml' },
      ...{ from: '{ take: givenName }', to: "{ take: 'emails[tpye=Privat].value' }" },
      lint: /^mappings\/scim\/user\.yaml:7:\d+ MAPPING_PATH_UNKNOWN .*Did you mean "type"\?/,
    },
    {
      ...{ what: 'an item chosen by a code that no item can have' },
      ...{ file: 'mappings/scim/user.yaml', from: '{ take: givenName }' },
      to: "{ take: 'emails[type=Privta].value' }",
      lint: /MAPPING_PATH_UNKNOWN no code "Privta" there\. Did you mean "Privat"\?/,
    },
    {
      ...{ what: 'a module that is not there, with those that are', file: 'flows/identity.yaml' },
      ...{ from: 'to: identity', to: 'to: sports' },
      lint: /FLOW_MODULE_UNKNOWN no module "sports"\. There are register, identity\./,
    },
    {
      ...{ what: 'a required field that is omitted', file: 'mappings/scim/user.yaml' },
      ...{ from: '{ take: "eduPersonPrincipalNames[0]", missing: park }', to: '{ omit: "why" }' },
      lint: /^mappings\/scim\/user\.yaml:6:\d+ MAPPING_FIELD_REQUIRED .*"userName"/,
    },
    {
      ...{ what: 'a canonical schema without its version', file: 'mappings/scim/user.yaml' },
      ...{ from: 'from: person.v1', to: 'from: person' },
      lint: /^mappings\/scim\/user\.yaml:1:7 MAPPING_FROM_UNKNOWN .*Did you mean "person\.v1"\?/,
    },
  ];
  for (const slip of slips) {
    it(`find ${slip.what}`, async () => {
      await spoilt.spoil(slip);
      const found = await spoilt.lints();
      assert.ok(
        found.some((one) => slip.lint.test(one)),
        found.join('\n'),
      );
    });
  }

  it('name the file that may be meant where config/hub.yaml is not there', async () => {
    await rename(join(spoilt.folder, 'config/hub.yaml'), join(spoilt.folder, 'config/hub.yml'));
    const [lint = ''] = await spoilt.lints();
    assert.match(lint, /CONFIG_MISSING is missing\. Is it config\/hub\.yml\? Give it that name\.$/);
  });

  it('find a system by whose ids nothing is made, and say what may be meant', async () => {
    const file = 'mappings/barn-och-elevregister/account.yaml';
    const own = await readFile(join(BUILT_IN_FOLDER, file), 'utf8');
    const named = async (name: string) => {
      await spoilt.write(file, own.replace('of: register', `of: ${name}`));
      return [await spoilt.lints(), await spoilt.remarks()].map((all) =>
        all.filter((one) => one.includes('MAPPING_OF_UNKNOWN')).join('\n'),
      );
    };
    assert.deepEqual(await named('register'), ['', '']);
    const [lint = '', silent] = await named('registr');
    assert.match(lint, /account\.yaml:\d+:\d+ MAPPING_OF_UNKNOWN .*Did you mean "register"\?$/);
    assert.equal(silent, '');
    const [none, remark = ''] = await named('kontokatalog');
    assert.equal(none, '');
    assert.match(remark, /no module is "kontokatalog".* There are register, identity\.$/);
    const person = await readFile(join(BUILT_IN_FOLDER, PERSON), 'utf8');
    await spoilt.write(PERSON, person.replace('of: register', 'of: registry'));
    const [, numbering = ''] = await named('registry');
    assert.match(numbering, /a numbering of their own\. Did you mean "register"\?$/);
  });

  it('say what is wrong with a layout before they say it of its mappings', async () => {
    const files =
      '{ connector: files, mappings: hr, options: { files: { folder: in }, layout: hr } }';
    await spoilt.write('mappings/hr/hr.layout.yaml', 'streams:\n  staff: { format: csv }\n');
    await spoilt.write('config/hub.yaml', `${CONFIG}  hr: ${files}\n`);
    await spoilt.write('mappings/hr/duty.yaml', MAPPING.replace('person.v1', 'files/staff'));
    const found = await spoilt.lints();
    assert.ok(found.length > 0 && found.every((one) => one.startsWith('mappings/hr/hr.layout')));
  });
});
