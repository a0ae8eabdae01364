import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { checkWorkspace } from '../../core/check.ts';
import { inEnglish } from '../../core/failure/saying.ts';
import { CONFIG, FLOW, SpoiltWorkspace, TOKEN } from './spoilt-workspace.ts';

/** What is written as it should be, and can hardly be meant, or could do harm. */
describe('faults of sense', () => {
  let spoilt: SpoiltWorkspace;

  beforeEach(async () => {
    spoilt = await SpoiltWorkspace.open();
  });
  afterEach(() => spoilt.remove());

  /** Without its place, since several stand in one file. */
  const withoutPlaces = (lints: readonly string[]) => {
    return lints.map((lint) => lint.replace(/^([^:]+):\d+:\d+ /, '$1 '));
  };
  const lints = async () => withoutPlaces(await spoilt.lints());
  const remarks = async () => withoutPlaces(await spoilt.remarks());
  const bind = (options: string) =>
    spoilt.write('config/hub.yaml', CONFIG.replace(/connector: scim.*$/m, options));

  it('are told of durations, shares and times that are none, in words and with an example', async () => {
    const sources = `sources:
  register:
    maxAge: 4
    watch: 30
    guards: { maxDelete: "5", windows: [{ from: 1/9, to: 2027-08-27, reason: "A new school year." }] }
mail: { host: a.example, from: a@b.example, to: [a@b.example], digest: "6" }
retention: { runs: 2y }
`;
    await spoilt.write('config/hub.yaml', CONFIG + sources);
    const found = (await lints()).join('\n');
    assert.match(
      found,
      /register\.maxAge must be a whole number and its unit: min, h, d\. For example 26h\./,
    );
    assert.match(
      found,
      /register\.watch must be a whole number and its unit: s, min, h\. For example 30s\./,
    );
    assert.match(found, /guards\.maxDelete must be a share such as 5%, or a number from 0 to 1\./);
    assert.match(found, /windows\.0\.from must be a date, YYYY-MM-DD\. For example 2027-08-09\./);
    assert.match(found, /mail\.digest must be a time of day, HH:MM\. For example 06:00\./);
    assert.match(
      found,
      /retention\.runs must be a whole number and its unit: d\. For example 30d\./,
    );
    assert.doesNotMatch(found, /must match \^/);
  });

  it('are told of durations that nobody can mean', async () => {
    const more = `sources: { register: { maxAge: 14600d, watch: 48h } }
retention: { runs: 0d, audit: 00d, archive: 90000d }
timeZone: "+01:00"
`;
    await spoilt.write('config/hub.yaml', CONFIG + more);
    assert.deepEqual(await lints(), [
      'config/hub.yaml CONFIG_DURATION sources.register.maxAge must be 366d or less.',
      'config/hub.yaml CONFIG_DURATION sources.register.watch must be 24h or less.',
      'config/hub.yaml CONFIG_DURATION retention.runs must be 1d or more.',
      'config/hub.yaml CONFIG_DURATION retention.audit must be 1d or more.',
      'config/hub.yaml CONFIG_DURATION retention.archive must be 36500d or less.',
      'config/hub.yaml CONFIG_TIME_ZONE an offset from UTC knows no summer time. Write that of the city, which knows its summer time: Europe/Stockholm.',
    ]);
    await spoilt.write('config/hub.yaml', CONFIG);
    const flow = `from: [register, identity, register]
delivery: { firstDelay: 2h, maxDelay: 1h, grace: 99999d, concurrency: 0 }
overrides: { longest: 0d }
`;
    await spoilt.write('flows/identity.yaml', FLOW.replace('from: register\n', flow));
    assert.deepEqual(await lints(), [
      'flows/identity.yaml FLOW_INVALID delivery.concurrency must be 1 or more',
    ]);
    const mended = flow.replace(', concurrency: 0', '');
    await spoilt.write('flows/identity.yaml', FLOW.replace('from: register\n', mended));
    assert.deepEqual(await lints(), [
      'flows/identity.yaml FLOW_FROM a flow cannot lead to the module that it reads from.',
      'flows/identity.yaml FLOW_DURATION delivery.grace must be 3660d or less.',
      'flows/identity.yaml FLOW_DURATION overrides.longest must be 1d or more.',
    ]);
  });

  it('are told of addresses, each with what is wrong with it', async () => {
    const CASES: readonly (readonly [string, RegExp])[] = [
      ['https://idp.example/scim?tenant=1', /must be an address without `\?` and `#`/],
      ['https://idp.example/scim#v2', /must be an address without `\?` and `#`/],
      ['https://skolnav:hemlig@idp.example/scim', /must hold no user and no password/],
      ['https://idp.example/scim ', /has a space before, within or behind it/],
      ['https://idp.example/scim/v2/Users', /must be the base of the service, without \/Users/],
      ['https://idp.example/scim/v2/Groups/', /without \/Groups at its end/],
      ['idp.example/scim', /must be an address such as https/],
      ['htps://idp.example/scim', /must be an address such as https/],
    ];
    for (const [url, said] of CASES) {
      await bind(`connector: scim, options: { url: "${url}", token: "${TOKEN}" } }`);
      const [lint = '', ...others] = await lints();
      assert.match(lint, said, url);
      assert.match(
        lint,
        /^config\/hub\.yaml CONFIG_OPTION_INVALID modules\.identity\.options\.url /,
      );
      assert.doesNotMatch(lint, /hemlig/);
      assert.deepEqual(others, [], url);
    }
    await bind(`connector: scim, options: { url: "http://idp.example/scim", token: "${TOKEN}" } }`);
    assert.match((await remarks()).join(), /CONFIG_URL_CLEAR url begins with http: .* Write https/);
    await bind(`connector: scim, options: { url: "http://127.0.0.1:8/scim", token: "${TOKEN}" } }`);
    assert.deepEqual(await remarks(), []);
  });

  it('are told of folders that two modules would use for different things', async () => {
    const target = (folder: string) =>
      `connector: microsoft-sds, options: { files: { folder: "${folder}" } } }`;
    await spoilt.write('flows/identity.yaml', `${FLOW}  organisation: {}\n  group: {}\n`);
    await mkdir(join(spoilt.folder, 'in'));
    await symlink('in', join(spoilt.folder, 'link'));
    const read =
      'config/hub.yaml CONFIG_FOLDER_SHARED module "register" is read from the same folder: what is written there would be taken for what was sent. Give each a folder of its own.';
    for (const folder of ['in', './in/', 'out/../in', 'link', join(spoilt.folder, 'in')]) {
      await bind(target(folder));
      assert.deepEqual(await lints(), [read], folder);
    }
    await bind(target('data/.'));
    assert.deepEqual(await lints(), [
      "config/hub.yaml CONFIG_FOLDER_SHARED is the folder of the hub's own data. Give each a folder of its own.",
    ]);
    await bind(target('link/out'));
    assert.deepEqual(
      [await lints(), await remarks()],
      [
        [],
        [
          'config/hub.yaml FOLDER_WITHIN lies within the folder that module "register" is read from. Give each a folder of its own.',
        ],
      ],
    );
    await bind(
      `${target('out')}\n  second: { connector: microsoft-sds, options: { files: { folder: out } } }`,
    );
    const second = FLOW.replace('to: identity', 'to: second');
    await spoilt.write('flows/second.yaml', `${second}  organisation: {}\n  group: {}\n`);
    assert.deepEqual(await lints(), [
      'config/hub.yaml CONFIG_FOLDER_SHARED module "identity" is written into the same folder: one would take away what the other has put there. Give each a folder of its own.',
    ]);
  });

  it('are told of folders that are references, where they stand for something', async () => {
    await spoilt.write('flows/identity.yaml', `${FLOW}  organisation: {}\n  group: {}\n`);
    const folder = '$'.concat('{env:OUT}');
    await bind(`connector: microsoft-sds, options: { files: { folder: "${folder}" } } }`);
    const request = { folder: spoilt.folder, checkAll: false };
    const wrongWith = async (OUT: string) => {
      const { readiness } = await checkWorkspace({ ...request, environment: { OUT } });
      return readiness?.wrong.map(inEnglish);
    };
    assert.deepEqual(await wrongWith('elsewhere'), []);
    assert.match(
      (await wrongWith('./in'))?.join() ?? '',
      /^module "identity": module "register" is read from the same folder/,
    );
  });

  it('are told of the defaults of a layout where they stand, once', async () => {
    const layout = (trailer: string) => `defaults: { encoding: utf-8, trailer: ${trailer} }
streams:
  pupil: { format: delimited, file: pupils.csv, columns: [{ name: id }] }
  group: { format: delimited, file: groups.csv, columns: [{ name: id }] }
`;
    const old = 'layout: old, files: { folder: old } } }';
    const binding = `  old: { connector: files, mappings: old, options: { ${old}\n`;
    await spoilt.write('config/hub.yaml', CONFIG + binding);
    await spoilt.write('mappings/old/old.layout.yaml', layout('{ perfix: SLUT, count: 1 }'));
    assert.deepEqual(
      (await spoilt.lints()).filter((one) => one.includes('trailer')),
      ['mappings/old/old.layout.yaml:1:39 LAYOUT_KEY_MISSING defaults.trailer.prefix is missing'],
    );
    const text = layout('{ prefix: SLUT, count: 1 }');
    await spoilt.write('mappings/old/old.layout.yaml', text);
    assert.deepEqual(await lints(), []);
    const misspelt = text.replace('format: delimited', 'format: delimted');
    await spoilt.write('mappings/old/old.layout.yaml', misspelt);
    assert.match(
      (await lints()).join('\n'),
      /format must be one of "delimited", "fixed".* Did you mean "delimited"/,
    );
    // A key that two formats do not have is told of each, as that one has it.
    const xml = 'group: { format: xml, root: a, record: b, file: g.xml, colums: [] }';
    const two = text.replace(/group: .*/, xml).replace('file: pupils', 'fiel: x, file: pupils');
    await spoilt.write('mappings/old/old.layout.yaml', two);
    const said = (await lints()).join('\n');
    assert.match(said, /unknown key "fiel"\. Did you mean "file"\?/);
    assert.match(said, /unknown key "colums"\. Did you mean "columns"\?/);
    assert.match(said, /streams\.group\.columns is missing/);
  });

  it('are told of what rules nothing, and of times that are hardly meant', async () => {
    const more = `  spare: { connector: barn-och-elevregister, options: { files: { folder: spare } } }
sources: { spare: { maxAge: 4d } }
ownership: { person: { "*": [register, spare] } }
doorbell: { port: 8765 }
served: { port: 8766 }
timeZone: CET
`;
    await spoilt.write('config/hub.yaml', CONFIG + more);
    const flow = `schedule: "30 2 * * *"
deadline: "02:00"
protectedReason: The board has decided so.
`;
    await spoilt.write('flows/identity.yaml', FLOW + flow);
    assert.deepEqual(await remarks(), [
      'config/hub.yaml CONFIG_MODULE_UNUSED no flow reads from "spare" or leads to it. Write a flow, or unbind it.',
      'config/hub.yaml CONFIG_RULES_UNREAD no flow reads from "spare": what is said here of it rules nothing. Name it in the `from` of a flow, or take this away.',
      'config/hub.yaml CONFIG_RULES_UNREAD no flow reads from "spare": what is said here of it rules nothing. Name it in the `from` of a flow, or take this away.',
      'config/hub.yaml CONFIG_SECTION_UNUSED nobody may ring without a `token`, and no system sends anything. Give it a `token`, or take it away.',
      'config/hub.yaml CONFIG_SECTION_UNUSED no module has a `client`: nobody would be answered. Bind a module with a `client`, or take this away.',
      'config/hub.yaml CONFIG_TIME_ZONE "CET" is the time zone of no city: its summer time may be another, or none. Write that of the city, which knows its summer time: Europe/Stockholm.',
      'flows/identity.yaml FLOW_DEADLINE the deadline 02:00 is before the start at 02:30: it is due 23 hours later, on the next day. Write a time after the start.',
      'flows/identity.yaml FLOW_KEY_UNUSED protected persons are left out: this is a reason for nothing. Say `protectedPersons: include`, or take the reason away.',
    ]);
    await spoilt.write('config/hub.yaml', CONFIG);
    const evening = `schedule: "0 22 * * *"
deadline: "06:00"
doorbell: true
delivery: { firstDelay: 2h, maxDelay: 1h }
`;
    const twice = FLOW.replace('from: register', 'from: [register, register]');
    await spoilt.write('flows/identity.yaml', twice + evening);
    assert.deepEqual(await remarks(), [
      'flows/identity.yaml FLOW_KEY_UNUSED module "register" stands here already.',
      'flows/identity.yaml FLOW_KEY_UNUSED nobody listens: config/hub.yaml has no `doorbell`. Say where: doorbell: { port: 8765 }.',
      'flows/identity.yaml FLOW_DURATION the first delay is longer than the longest one, 1h. Write a `firstDelay` that is shorter than `maxDelay`.',
    ]);
  });
});
