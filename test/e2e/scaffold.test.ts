import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skolnav } from './skolnav.ts';

const OPENAPI = `openapi: 3.0.3
components:
  schemas:
    Named:
      type: object
      required: [familyName]
      properties: { familyName: { type: string, maxLength: 50 } }
    Kind: { type: string, enum: [pupil, staff] }
    User:
      allOf: [{ $ref: '#/components/schemas/Named' }]
      type: object
      required: [login]
      properties:
        login: { type: string, description: The login name. }
        kind: { $ref: '#/components/schemas/Kind' }
        manager: { $ref: '#/components/schemas/User' }
`;
const XSD = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:simpleType name="Short"><xs:restriction base="xs:string"><xs:maxLength value="9"/></xs:restriction></xs:simpleType>
  <xs:complexType name="Person"><xs:sequence>
    <xs:element name="givenName" type="Short"/>
    <xs:element name="year" type="xs:int" minOccurs="0"/>
    <xs:element name="phone" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>
    <xs:element name="home"><xs:complexType><xs:sequence><xs:element name="city" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
  </xs:sequence></xs:complexType>
</xs:schema>`;
const SCIM = JSON.stringify({
  attributes: [
    { name: 'id', type: 'string', mutability: 'readOnly' },
    { name: 'userName', type: 'string', required: true, description: 'Login.' },
    {
      ...{ name: 'name', type: 'complex' },
      subAttributes: [{ name: 'givenName', type: 'string' }],
    },
  ],
});

describe('skolnav scaffold', () => {
  let folder: string;

  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'skolnav-scaffold-')), 'city');
    assert.equal((await skolnav(['init', folder])).code, 0);
  });
  afterEach(() => rm(join(folder, '..'), { recursive: true }));

  async function inFolder(...args: readonly string[]) {
    const { out, err, code } = await skolnav(['-C', folder, ...args]);
    return { out: out + err, code };
  }
  const mapping = (name: string) => readFile(join(folder, 'mappings', name), 'utf8');

  /** The skeleton made from a published schema. */
  async function skeleton(file: string, text: string, name: string): Promise<string> {
    await writeFile(join(folder, file), text);
    const schema = `${join(folder, file)}#${name}`;
    const { out, code } = await inFolder(
      'scaffold',
      'mapping',
      'presence/user',
      '--schema',
      schema,
    );
    assert.equal(code, 0, out);
    return mapping('presence/user.yaml');
  }

  it('writes a connector that passes every check before its author types a line', async () => {
    const made = await inFolder('scaffold', 'connector', 'presence');
    assert.equal(made.code, 0, made.out);
    const written = await readFile(join(folder, 'connectors/presence/connector.ts'), 'utf8');
    assert.match(written, /from 'skolnav\/plugin'(.|\n)*define<(.|\n)*oneByOne\(/);
    assert.doesNotMatch(written, /\.\.\//, 'no path out of its own folder');
    const config = join(folder, 'config', 'hub.yaml');
    const text = await readFile(config, 'utf8');
    const binding = `{ connector: presence, options: { url: "https://x.example/api", token: "\${env:T}" } }`;
    await writeFile(config, text.replace('modules:\n', `modules:\n  presence: ${binding}\n`));
    const checked = await inFolder('check');
    assert.equal(checked.code, 0, checked.out);
    const tested = await inFolder('test');
    assert.equal(tested.code, 0, tested.out);
    const contract = await inFolder('test', '--connectors');
    assert.equal(contract.code, 0, contract.out);
    assert.match(contract.out, /the object sink contract: presence/);
    assert.match(contract.out, /[1-9]\d* passing/);
    assert.match((await inFolder('connectors')).out, /presence/);
    const builtIn = await inFolder('scaffold', 'connector', 'scim');
    assert.equal(builtIn.code, 2);
    assert.match(builtIn.out, /scim is built in/);
    const again = await inFolder('scaffold', 'connector', 'presence');
    assert.deepEqual([again.code, again.out.trim()], [2, 'connectors/presence is there already']);
  }).timeout(90_000);

  it('lists every field of an object kind in a mapping', async () => {
    const { code, out } = await inFolder('scaffold', 'mapping', 'itslearning/person');
    assert.equal(code, 0, out);
    const text = await mapping('itslearning/person.yaml');
    assert.match(text, /^from: person\.v1\nto: itslearning\/person$/m);
    assert.match(text, /^ {2}givenName: \{ take: givenName/m);
    // In a workspace that binds the connector, it passes as it is.
    const checked = await inFolder('check', '--all');
    assert.doesNotMatch(checked.out, /MAPPING_/);
    const scim = await inFolder('scaffold', 'mapping', 'scim/User');
    assert.equal(scim.code, 0, scim.out);
    assert.doesNotMatch((await inFolder('check', '--all')).out, /MAPPING_/);
    const wrong = await inFolder('scaffold', 'mapping', 'itslearning/persn');
    assert.equal(wrong.code, 2);
    assert.match(wrong.out, /Did you mean "person"/);
  });

  it('reads OpenAPI, with references, allOf and circles', async () => {
    const text = await skeleton('api.yaml', OPENAPI, 'User');
    assert.match(
      text,
      /familyName: \{ take: familyName, missing: park, maxLength: 50, longer: park \}/,
    );
    assert.match(
      text,
      /login: \{ cel: "null" \} {3}# to be decided: The login name; string; required/,
    );
    assert.match(text, /kind: \{ omit: "to be decided: one of pupil, staff" \}/);
  });

  it('reads XSD', async () => {
    const text = await skeleton('person.xsd', XSD, 'Person');
    assert.match(
      text,
      /givenName: \{ take: givenName, missing: park, maxLength: 9, longer: park \}/,
    );
    assert.match(text, /year: \{ omit: "to be decided: integer" \}/);
    assert.match(text, /phone: \{ omit: "to be decided: array" \}/);
    assert.match(text, /home\.city: \{ cel: "null" \} {3}# to be decided: string; required/);
  });

  it('reads a SCIM schema, without what only the service writes', async () => {
    const text = await skeleton('user.json', SCIM, 'user');
    assert.match(text, /name\.givenName: \{ take: givenName \}/);
    assert.match(text, /userName: \{ cel: "null" \} {3}# to be decided: Login; string; required/);
    assert.doesNotMatch(text, /^ {2}id:/m);
  });

  it('says what a file has where it lacks what was asked for', async () => {
    await writeFile(join(folder, 'api.yaml'), OPENAPI);
    const schema = `${join(folder, 'api.yaml')}#Usr`;
    const { code, out } = await inFolder(
      'scaffold',
      'mapping',
      'presence/user',
      '--schema',
      schema,
    );
    assert.equal(code, 1);
    assert.match(out, /has no "Usr"; it has Named, Kind, User\n {2}Did you mean "User"/);
  });
});
