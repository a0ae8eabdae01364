import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { formatLint } from '../../core/failure/lint.ts';
import { loadWorkspace } from '../../core/flow/workspace.ts';
import { BUILT_IN_FOLDER } from '../../core/hub.ts';

const TOKEN = '$'.concat('{env:TOKEN}');
const CONFIG = `backend: embedded
modules:
  register: { connector: barn-och-elevregister, options: { files: { folder: in } } }
  identity: { connector: scim, options: { url: "https://idp.example/scim", token: "${TOKEN}" } }
`;
const FLOW = `purpose: Pupils log in through the portal.
legalBasis: public-task
from: register
to: identity
entities:
  person: { where: "enrolments.exists(e, active(e))" }
`;
const MAPPING = `from: person.v1
to: scim/User
key: { take: id }
fields:
  externalId: { take: id }
  userName: { take: "eduPersonPrincipalNames[0]", missing: park }
  name.givenName: { take: givenName }
  name.familyName: { take: familyName }
  displayName: { omit: "not needed here" }
  userType: { omit: "not needed here" }
  active: { const: true }
  emails: { omit: "not needed here" }
  roles: { omit: "not needed here" }
  "urn:scim:schemas:extension:sis:school:1.0:User": { omit: "not needed here" }
`;

/** A fault in a file is told with place and code, and with what was probably meant. */
describe('lints', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-lints-'));
    await write('config/hub.yaml', CONFIG);
    await write('flows/identity.yaml', FLOW);
    await write('mappings/scim/user.yaml', MAPPING);
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function write(file: string, text: string): Promise<void> {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }

  async function lints(): Promise<readonly string[]> {
    return (await loadWorkspace(folder, BUILT_IN_FOLDER)).lints.map(formatLint);
  }

  it('are none for good files', async () => {
    assert.deepEqual(await lints(), []);
  });

  const cases: readonly {
    readonly what: string;
    readonly file: 'config/hub.yaml' | 'flows/identity.yaml' | 'mappings/scim/user.yaml';
    readonly from: string;
    readonly to: string;
    readonly lint: RegExp;
  }[] = [
    {
      ...{ what: 'a module that is not bound', file: 'flows/identity.yaml' },
      ...{ from: 'to: identity', to: 'to: identty' },
      lint: /^flows\/identity\.yaml:4:5 FLOW_MODULE_UNKNOWN .*Did you mean "identity"\?/,
    },
    {
      ...{ what: 'a key that a flow does not have', file: 'flows/identity.yaml' },
      ...{ from: 'legalBasis:', to: 'legalBases:' },
      lint: /^flows\/identity\.yaml:2:1 FLOW_KEY_UNKNOWN .*Did you mean "legalBasis"\?/,
    },
    {
      ...{ what: 'an entity kind that is not canonical', file: 'flows/identity.yaml' },
      ...{ from: '  person:', to: '  persn:' },
      lint: /^flows\/identity\.yaml:6:3 FLOW_KIND_UNKNOWN .*Did you mean "person"\?/,
    },
    {
      ...{ what: 'a condition on a field that is not there', file: 'flows/identity.yaml' },
      ...{ from: 'enrolments.exists', to: 'enrollments.exists' },
      lint: /^flows\/identity\.yaml:6:\d+ FLOW_WHERE .*Did you mean "enrolments"\?/,
    },
    {
      ...{ what: 'a schedule that no clock shows', file: 'flows/identity.yaml' },
      ...{ from: 'to: identity', to: 'to: identity\nschedule: "61 2 * * *"' },
      lint: /^flows\/identity\.yaml:5:11 FLOW_SCHEDULE /,
    },
    {
      ...{ what: 'protected persons without a reason', file: 'flows/identity.yaml' },
      ...{ from: 'to: identity', to: 'to: identity\nprotectedPersons: include' },
      lint: /^flows\/identity\.yaml:5:\d+ FLOW_PROTECTED_REASON /,
    },
    {
      ...{ what: 'a connector that is not there', file: 'config/hub.yaml' },
      ...{ from: 'connector: scim', to: 'connector: scym' },
      lint: /^config\/hub\.yaml:4:\d+ CONFIG_CONNECTOR_UNKNOWN .*Did you mean "scim"\?/,
    },
    {
      ...{ what: 'an option that the connector does not have', file: 'config/hub.yaml' },
      ...{ from: 'url:', to: 'uri:' },
      lint: /^config\/hub\.yaml:4:\d+ CONFIG_OPTION_KEY_UNKNOWN .*Did you mean "url"\?/,
    },
    {
      ...{ what: 'a secret in clear', file: 'config/hub.yaml' },
      ...{ from: TOKEN, to: 'hunter2hunter2' },
      lint: /^config\/hub\.yaml:4:\d+ CONFIG_SECRET_PLAIN (?!.*hunter2)/,
    },
    {
      ...{ what: 'a token of the doorbell in clear', file: 'config/hub.yaml' },
      ...{ from: 'modules:', to: 'doorbell: { token: hunter2hunter2hunter2 }\nmodules:' },
      lint: /^config\/hub\.yaml:2:\d+ CONFIG_INVALID doorbell\.token (?!.*hunter2)/,
    },
    {
      ...{ what: 'a path to a field that is not there', file: 'mappings/scim/user.yaml' },
      ...{ from: 'take: givenName', to: 'take: givenname' },
      lint: /^mappings\/scim\/user\.yaml:7:\d+ MAPPING_PATH_UNKNOWN .*Did you mean "givenName"\?/,
    },
    {
      ...{ what: 'a field that the target does not have', file: 'mappings/scim/user.yaml' },
      ...{ from: 'userType:', to: 'userTipe:' },
      lint: /^mappings\/scim\/user\.yaml:10:3 MAPPING_FIELD_UNKNOWN .*Did you mean "userType"\?/,
    },
    {
      ...{ what: 'a field that is neither mapped nor omitted', file: 'mappings/scim/user.yaml' },
      ...{ from: '  active: { const: true }\n', to: '' },
      lint: /^mappings\/scim\/user\.yaml:4:1 MAPPING_FIELD_UNMAPPED .*"active"/,
    },
    {
      ...{ what: 'a rule with two values', file: 'mappings/scim/user.yaml' },
      ...{ from: '{ const: true }', to: '{ const: true, take: id }' },
      lint: /^mappings\/scim\/user\.yaml:11:\d+ MAPPING_RULE /,
    },
    {
      ...{ what: 'a value that cannot be of that type', file: 'mappings/scim/user.yaml' },
      ...{ from: '{ const: true }', to: '{ take: givenName }' },
      lint: /^mappings\/scim\/user\.yaml:11:\d+ MAPPING_TYPE /,
    },
    {
      ...{ what: 'a faulty expression', file: 'mappings/scim/user.yaml' },
      ...{ from: '{ const: true }', to: '{ cel: "givenName ==" }' },
      lint: /^mappings\/scim\/user\.yaml:11:\d+ MAPPING_EXPRESSION /,
    },
    {
      ...{ what: 'a table that is not there', file: 'mappings/scim/user.yaml' },
      ...{ from: 'take: givenName }', to: 'take: givenName, table: tables/none.csv }' },
      lint: /^mappings\/scim\/user\.yaml:7:\d+ MAPPING_TABLE_MISSING /,
    },
    {
      ...{ what: 'a pattern that could run for ever', file: 'mappings/scim/user.yaml' },
      ...{ from: 'take: givenName }', to: 'take: givenName, pattern: "^(a+)+$" }' },
      lint: /^mappings\/scim\/user\.yaml:7:\d+ MAPPING_PATTERN /,
    },
    {
      ...{ what: 'a canonical schema of another version', file: 'mappings/scim/user.yaml' },
      ...{ from: 'person.v1', to: 'person.v9' },
      lint: /^mappings\/scim\/user\.yaml:1:7 MAPPING_VERSION /,
    },
    {
      ...{ what: 'YAML that is none', file: 'flows/identity.yaml' },
      ...{ from: 'from: register', to: 'from: [register' },
      lint: /^flows\/identity\.yaml:\d+:\d+ YAML_SYNTAX /,
    },
    {
      ...{ what: 'a key that stands twice', file: 'flows/identity.yaml' },
      ...{ from: 'to: identity', to: 'to: identity\nto: register' },
      lint: /^flows\/identity\.yaml:\d+:\d+ YAML_SYNTAX /,
    },
    {
      ...{ what: 'a custom tag', file: 'config/hub.yaml' },
      ...{ from: 'backend: embedded', to: 'backend: !!js/function "() => 1"' },
      lint: /^config\/hub\.yaml:1:\d+ YAML_/,
    },
    {
      ...{ what: 'anchors, which can laugh a billion times', file: 'config/hub.yaml' },
      ...{ from: 'backend: embedded', to: 'backend: &a embedded\ndata: *a' },
      lint: /^config\/hub\.yaml:\d+:\d+ YAML_UNSAFE /,
    },
    {
      ...{ what: 'a NUL byte', file: 'config/hub.yaml' },
      ...{ from: 'embedded', to: 'embed\u0000ded' },
      lint: /^config\/hub\.yaml:1:1 YAML_ENCODING /,
    },
    {
      ...{ what: 'two documents', file: 'config/hub.yaml' },
      ...{ from: 'backend: embedded', to: 'backend: embedded\n---' },
      lint: /^config\/hub\.yaml:1:1 YAML_DOCUMENTS /,
    },
    {
      ...{ what: 'a megabyte', file: 'config/hub.yaml' },
      ...{ from: 'backend: embedded', to: `backend: embedded\n# ${'x'.repeat(1_100_000)}` },
      lint: /^config\/hub\.yaml:1:1 YAML_TOO_LARGE /,
    },
    {
      ...{ what: 'an address that is none', file: 'config/hub.yaml' },
      ...{ from: 'https://idp.example/scim', to: 'idp.example/scim' },
      lint: /^config\/hub\.yaml:4:\d+ CONFIG_OPTION_INVALID modules\.identity\.options\.url must be an address/,
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
      ...{ what: 'a rule for a stream that the source does not have', file: 'config/hub.yaml' },
      from: 'modules:',
      to: 'sources: { register: { missing: { persn: keep } } }\nmodules:',
      lint: /^config\/hub\.yaml:2:\d+ CONFIG_STREAM_UNKNOWN .*Did you mean "person"\?/,
    },
    {
      ...{ what: 'rules for a source that is none', file: 'config/hub.yaml' },
      ...{ from: 'modules:', to: 'sources: { identity: { approvals: 2 } }\nmodules:' },
      lint: /^config\/hub\.yaml:2:\d+ CONFIG_NO_SOURCE /,
    },
    {
      ...{ what: 'rules for a module that is not bound', file: 'config/hub.yaml' },
      ...{ from: 'modules:', to: 'sources: { registr: { approvals: 2 } }\nmodules:' },
      lint: /^config\/hub\.yaml:2:\d+ CONFIG_MODULE_UNKNOWN .*Did you mean "register"\?/,
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
      ...{ what: 'an owner that gives nothing', file: 'config/hub.yaml' },
      ...{ from: 'modules:', to: 'ownership: { person: { "*": identity } }\nmodules:' },
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
      ...{ what: 'a source that gives nothing, where it is named', file: 'flows/identity.yaml' },
      ...{ from: 'from: register', to: 'from: identity' },
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
  const texts = {
    'config/hub.yaml': CONFIG,
    'flows/identity.yaml': FLOW,
    'mappings/scim/user.yaml': MAPPING,
  };
  for (const { what, file, from, to, lint } of cases) {
    it(`find ${what}`, async () => {
      assert.ok(texts[file].includes(from));
      await write(
        file,
        texts[file].replace(from, () => to),
      );
      const found = await lints();
      assert.ok(
        found.some((one) => lint.test(one)),
        found.join('\n'),
      );
    });
  }

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
        ...{ what: 'a built-in flow that those of the workspace have put off' },
        ...{ file: 'config/hub.yaml' },
        text: `${CONFIG}  collaboration: { connector: microsoft-sds, options: { files: { folder: out } } }\n`,
        remark: /^flows\/collaboration\.yaml:1:1 FLOW_OFF .*Copy it/,
      },
    ];
  for (const { what, file, text, remark } of remarks) {
    it(`are none, and yet it is said: ${what}`, async () => {
      await write(file, text);
      const { workspace, lints: found } = await loadWorkspace(folder, BUILT_IN_FOLDER);
      assert.deepEqual(found, []);
      const said = (workspace?.remarks ?? []).map(formatLint);
      assert.ok(
        said.some((one) => remark.test(one)),
        said.join('\n'),
      );
    });
  }

  it('find the faults of all files at once, in order of their places', async () => {
    await write(
      'mappings/scim/user.yaml',
      MAPPING.replace('take: givenName', 'take: a').replace('take: familyName', 'take: b'),
    );
    await write('flows/identity.yaml', FLOW.replace('to: identity', 'to: idntity'));
    const found = await lints();
    assert.deepEqual(
      found.map((one) => one.split(' ')[1]),
      ['FLOW_MODULE_UNKNOWN', 'MAPPING_PATH_UNKNOWN', 'MAPPING_PATH_UNKNOWN'],
    );
  });
});
