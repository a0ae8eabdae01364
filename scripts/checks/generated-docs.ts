import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest, ObjectManifest } from '../../core/connector/manifest.ts';
import { loadConnectors } from '../../core/connector/registry.ts';
import { CATALOGUE } from '../../core/failure/catalogue.ts';
import { referenceDoc, undescribed } from './reference-docs.ts';
import { systemCosts } from './system-costs.ts';

const MADE_BY = '<!-- Made by `npm run docs`; the check fails when it is out of date. -->';

/** The documents that are made from the code, by path. */
async function generateDocs(root: string): Promise<ReadonlyMap<string, string>> {
  const { registry } = await loadConnectors([join(root, 'connectors')]);
  return new Map([
    ['docs/failures.md', failuresDoc()],
    ['docs/connectors.md', `${connectorsDoc(registry.manifests())}\n${await systemCosts(root)}`],
    ['docs/reference.md', await referenceDoc(root, MADE_BY)],
  ]);
}

/** The paths of the documents that differ from what the code says. */
async function staleDocs(root: string): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const [path, text] of await generateDocs(root)) {
    const found = await readFile(join(root, path), 'utf8').catch(() => null);
    if (found !== text) stale.push(path);
  }
  return stale;
}

function failuresDoc(): string {
  type Entry = { readonly meaning: string; readonly hint: string; readonly targetHint?: string };
  const sections = Object.entries<Entry>(CATALOGUE).map(([code, { meaning, hint, targetHint }]) => {
    const atTarget = targetHint === undefined ? '' : `\n**At a target.** ${targetHint}\n`;
    return `## ${code}\n\n${meaning}\n\n**What to do.** ${hint}\n${atTarget}`;
  });
  return [`# Failures\n\n${MADE_BY}\n`, ...sections].join('\n');
}

function connectorsDoc(manifests: readonly Manifest[]): string {
  const sections = manifests.map((manifest) =>
    [
      `## ${manifest.name}\n\n${manifest.title}. ${manifest.summary}\n`,
      `Stability: ${manifest.stability}. See [its README](../connectors/${manifest.name}/README.md).\n`,
      '| option | what it is | |\n|---|---|---|',
      ...optionRows(manifest.options, ''),
      ...halves(manifest),
    ].join('\n'),
  );
  return [`# Connectors\n\n${MADE_BY}\n`, ...sections].join('\n');
}

function optionRows(schema: unknown, prefix: string): readonly string[] {
  const { properties, required } = membersOf(schema);
  const needed = Array.isArray(required) ? required : [];
  return Object.entries(membersOf(properties)).flatMap(([name, option]) => {
    const { description, default: value, writeOnly } = membersOf(option);
    const notes = [
      ...(needed.includes(name) ? ['required'] : []),
      ...(writeOnly === true ? ['secret'] : []),
      ...(value === undefined ? [] : [`default \`${JSON.stringify(value)}\``]),
    ];
    const row = `| \`${prefix}${name}\` | ${description ?? ''} | ${notes.join(', ')} |`;
    return [row, ...optionRows(option, `${prefix}${name}.`)];
  });
}

function halves({ streams, streamsFromLayout, sink }: Manifest): readonly string[] {
  const lines: string[] = [''];
  if (streamsFromLayout === true) lines.push('Source. Streams: those that the layout declares.\n');
  if (streams !== undefined) {
    lines.push(`Source. Streams: ${streams.map(({ stream }) => `\`${stream}\``).join(', ')}.\n`);
  }
  if (sink !== undefined) {
    const ofLayout = 'the streams of a layout that is written';
    const kinds = sink.objects.map(kindNote).join(', ') || ofLayout;
    lines.push(`Target (${sink.mode}). Objects: ${kinds}.\n`);
  }
  return lines;
}

function kindNote({ kind, suspend, match = [] }: ObjectManifest): string {
  const notes = [
    ...(match.length === 0 ? [] : [`adopted by ${match.map(({ field }) => field).join(', ')}`]),
    ...(suspend === undefined ? [] : ['can be suspended']),
  ];
  return `\`${kind}\`${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`;
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..', '..');
  if (process.argv.includes('--write')) {
    for (const [path, text] of await generateDocs(root)) await writeFile(join(root, path), text);
  } else {
    const stale = await staleDocs(root);
    for (const path of stale) console.log(`${path} is out of date: npm run docs`);
    const bare = await undescribed(root);
    for (const key of bare) console.log(`${key} has no description`);
    process.exitCode = stale.length + bare.length === 0 ? 0 : 1;
  }
}
