import assert from 'node:assert/strict';
import { FLOW, MAPPING, type Slip, SpoiltWorkspace, TOKEN } from './spoilt-workspace.ts';

/** A fault in a file is told with place and code, and with what was probably meant. */
const CLUSTER = `backend: cluster
store: { url: "mongodb://hub:hunter2@db/city" }
broker: { url: "amqp://broker" }
`;

describe('lints', () => {
  let spoilt: SpoiltWorkspace;

  beforeEach(async () => {
    spoilt = await SpoiltWorkspace.open();
  });
  afterEach(() => spoilt.remove());

  it('are none for good files', async () => {
    assert.deepEqual(await spoilt.lints(), []);
  });

  const slips: readonly Slip[] = [
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
      ...{ what: 'a header of one’s own in clear', file: 'config/hub.yaml' },
      ...{ from: 'url:', to: 'headers: { X-API-Key: hunter2hunter2 }, url:' },
      lint: /^config\/hub\.yaml:4:\d+ CONFIG_SECRET_PLAIN headers\.X-API-Key (?!.*hunter2)/,
    },
    {
      ...{ what: 'a token of the doorbell in clear', file: 'config/hub.yaml' },
      ...{ from: 'modules:', to: 'doorbell: { token: hunter2hunter2hunter2 }\nmodules:' },
      lint: /^config\/hub\.yaml:2:\d+ CONFIG_INVALID doorbell\.token (?!.*hunter2)/,
    },
    {
      ...{ what: 'a cluster without a broker', file: 'config/hub.yaml' },
      ...{
        from: 'backend: embedded\n',
        to: 'backend: cluster\nstore: { url: "mongodb://db/city" }\n',
      },
      lint: /^config\/hub\.yaml:1:\d+ CONFIG_BACKEND `backend: cluster` needs `broker`/,
    },
    {
      ...{ what: "a password in a store's address", file: 'config/hub.yaml' },
      ...{ from: 'backend: embedded\n', to: CLUSTER },
      lint: /^config\/hub\.yaml:2:\d+ CONFIG_SECRET_PLAIN (?!.*hunter2)/,
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
      ...{ what: 'two that would listen at one port', file: 'config/hub.yaml' },
      from: 'backend: embedded',
      to: 'backend: embedded\ndashboard: { port: 8766 }\nserved: {}',
      lint: /^config\/hub\.yaml:3:\d+ CONFIG_PORT_TAKEN the port 8766 is that of `dashboard`/,
    },
    {
      ...{ what: "a path from somebody's home, which no shell reads", file: 'config/hub.yaml' },
      ...{ from: 'backend: embedded', to: 'data: ~/hub' },
      lint: /^config\/hub\.yaml:1:7 CONFIG_INVALID data must .* without ~/,
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

  it('find the faults of all files at once, in order of their places', async () => {
    await spoilt.write(
      'mappings/scim/user.yaml',
      MAPPING.replace('take: givenName', 'take: a').replace('take: familyName', 'take: b'),
    );
    await spoilt.write('flows/identity.yaml', FLOW.replace('to: identity', 'to: idntity'));
    const found = await spoilt.lints();
    assert.deepEqual(
      found.map((one) => one.split(' ')[1]),
      ['FLOW_MODULE_UNKNOWN', 'MAPPING_PATH_UNKNOWN', 'MAPPING_PATH_UNKNOWN'],
    );
  });
});
