import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { formatLint, type Lint } from '../../core/failure/lint.ts';
import { inWords } from '../../core/failure/saying.ts';
import { loadWorkspace } from '../../core/flow/workspace.ts';
import { BUILT_IN_FOLDER } from '../../core/hub.ts';
import { sv } from '../../dashboard/locales/sv.ts';

export const TOKEN = '$'.concat('{env:TOKEN}');
export const CONFIG = `backend: embedded
modules:
  register: { connector: barn-och-elevregister, options: { files: { folder: in } } }
  identity: { connector: scim, options: { url: "https://idp.example/scim", token: "${TOKEN}" } }
`;
export const FLOW = `purpose: Pupils log in through the portal.
legalBasis: public-task
from: register
to: identity
entities:
  person: { where: "enrolments.exists(e, active(e))" }
`;
export const MAPPING = `from: person.v1
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

/** The texts of the files of a small workspace without a fault. */
export const TEXTS = {
  'config/hub.yaml': CONFIG,
  'flows/identity.yaml': FLOW,
  'mappings/scim/user.yaml': MAPPING,
};

/** One slip in one of the files, and the lint that names it. */
export interface Slip {
  readonly what: string;
  readonly file: keyof typeof TEXTS;
  readonly from: string;
  readonly to: string;
  readonly lint: RegExp;
}

/** A small workspace in a folder of its own, to be spoilt. */
export class SpoiltWorkspace {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(): Promise<SpoiltWorkspace> {
    const made = new SpoiltWorkspace(await mkdtemp(join(tmpdir(), 'skolnav-lints-')));
    for (const [file, text] of Object.entries(TEXTS)) await made.write(file, text);
    return made;
  }

  async write(file: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.folder, file)), { recursive: true });
    await writeFile(join(this.folder, file), text);
  }

  async spoil({ file, from, to }: Slip): Promise<void> {
    const text = TEXTS[file];
    if (!text.includes(from)) throw new Error(`no "${from}" in ${file}`);
    await this.write(
      file,
      text.replace(from, () => to),
    );
  }

  async lints(): Promise<readonly string[]> {
    return (await loadWorkspace(this.folder, BUILT_IN_FOLDER)).lints.map(inBothLanguages);
  }

  async remarks(): Promise<readonly string[]> {
    const { workspace } = await loadWorkspace(this.folder, BUILT_IN_FOLDER);
    return (workspace?.remarks ?? []).map(inBothLanguages);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

/** The lint in English; who reads Swedish is not told it in English. */
function inBothLanguages(lint: Lint): string {
  const english = formatLint(lint);
  for (const [saying, text] of [
    [lint.said, lint.text],
    [lint.hintSaid, lint.hint],
  ] as const) {
    const own = inWords(saying, sv.sentences, sv.n);
    assert.notEqual(own, null, english);
    if (text !== '') assert.notEqual(own, text, english);
  }
  return english;
}
