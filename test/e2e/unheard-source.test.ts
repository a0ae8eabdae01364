import assert from 'node:assert/strict';
import { CONFIG, FLOW, SpoiltWorkspace } from './spoilt-workspace.ts';

describe('lints of owners', () => {
  let spoilt: SpoiltWorkspace;

  beforeEach(async () => {
    spoilt = await SpoiltWorkspace.open();
  });
  afterEach(() => spoilt.remove());

  it('say which source is heard by nobody with a field that it fills', async () => {
    const layout =
      'streams: { word: { format: delimited, file: a.csv, columns: [{ name: id }] } }\n';
    await spoilt.write('mappings/portal/portal.layout.yaml', layout);
    const head = 'from: files/word\nto: person.v1\nentity: { identity: id, of: register }';
    const fields = [
      'securityMarking: { const: Ingen }',
      'eduPersonPrincipalNames: { take: id, split: " " }',
    ];
    const mapping = `${head}\nsupplement: true\nfields: { ${fields.join(', ')} }\n`;
    await spoilt.write('mappings/portal/word.yaml', mapping);
    await spoilt.write(
      'flows/identity.yaml',
      FLOW.replace('from: register', 'from: [register, portal]'),
    );
    const files =
      'connector: files, mappings: portal, options: { files: { folder: in }, layout: portal }';
    const said = async (owners: string) => {
      const bound = `${CONFIG}  portal: { ${files} }\nownership: { person: { ${owners} } }\n`;
      await spoilt.write('config/hub.yaml', bound);
      assert.deepEqual(await spoilt.lints(), []);
      return (await spoilt.remarks()).filter((one) => one.includes('SOURCE_UNHEARD')).join('\n');
    };
    const unheard =
      /hub\.yaml:\d+:\d+ SOURCE_UNHEARD of a person, portal .* eduPersonPrincipalNames:/;
    assert.match(await said('"*": register'), unheard);
    assert.match(await said('"*": [register, portal], eduPersonPrincipalNames: register'), unheard);
    assert.equal(await said('"*": register, eduPersonPrincipalNames: [register, portal]'), '');
    assert.equal(await said('emails: register'), '');
  });
});
