import type {
  DataCategory,
  PersonCategory,
  Processing,
  RecordOfProcessing,
} from '../../core/check.ts';

const PERSONS: Readonly<Record<PersonCategory, string>> = {
  pupils: 'children and pupils',
  guardians: 'guardians',
  staff: 'staff',
  persons: 'persons of the register',
};

const SCHOOLS: Readonly<Record<Processing['schools'], string>> = {
  ours: 'those that the city governs',
  others: 'those that others govern',
  all: 'all',
};

/** The record of processing for a person to read, as Markdown. */
export function formatArticle30({ flows, keptByHub }: RecordOfProcessing): string {
  const { runs, audit, archive, sources } = keptByHub;
  const limited = Object.entries(sources).filter(([, days]) => days !== null);
  const others = Object.keys(sources).filter((module) => sources[module] === null);
  return [
    '# Record of processing (GDPR article 30)',
    '',
    'Made by `skolnav article30` from flows and mappings: whoever changes one of them makes it anew.',
    '',
    `The hub keeps what its runs did for ${runs} days, who did what for ${audit} days, and the files`,
    `that it has read for ${archive} days. Persons and what is told of them stay until their source takes`,
    `them back (${others.join(', ')})${limited.length > 0 ? ', or for some days:' : '.'}`,
    '',
    ...limited.map(
      ([module, days]) => `- ${module}: ${days} days after it was last heard or changed`,
    ),
    ...(limited.length > 0 ? [''] : []),
    ...flows.flatMap(sectionOf),
  ].join('\n');
}

function sectionOf(one: Processing): readonly string[] {
  const { recipient, selections } = one;
  return [
    `## ${one.flow}`,
    '',
    `- Recipient: module \`${recipient.module}\`, by \`${recipient.connector}\` (${recipient.title})`,
    `- Purpose: ${one.purpose}`,
    `- Legal basis (article 6): ${one.legalBasis}`,
    `- Persons: ${one.persons.map((category) => PERSONS[category]).join(', ') || 'none'}`,
    `- From: ${one.sources.join(', ')}`,
    ...selections.map(({ kind, condition }) => {
      return `- Of ${kind}: ${condition === null ? 'all' : `\`${condition}\``}`;
    }),
    `- Of school units: ${SCHOOLS[one.schools]}`,
    `- Protected persons: ${one.protectedPersons === 'include' ? 'included' : 'left out'}`,
    `- Kept by the recipient: ${retentionOf(one)}`,
    '',
    '| data | what it is | goes into |',
    '|---|---|---|',
    ...one.data.map(rowOf),
    '',
  ];
}

function retentionOf({ graceDays, setsKept }: Processing): string {
  const until = 'until a run finds that it is not selected any more';
  const shut = graceDays === 0 ? '' : `, and shut for ${graceDays} days then`;
  const sent = setsKept === 0 ? '' : `; the last ${setsKept} sets lie beside its files as sent`;
  return until + shut + sent;
}

function rowOf({ kind, field, description, goesTo }: DataCategory): string {
  const name = field === null ? `${kind}, any field` : `${kind}.${field}`;
  return `| ${name} | ${description.replaceAll('|', '\\|')} | ${goesTo.join(', ')} |`;
}
