import { faultAt, type RecordFault, type Written } from './fault.ts';

const DUTIES: readonly Written[] = [
  [
    'duty-role',
    'a role that SS 12000 does not have',
    'CODE_UNMAPPED dutyRole',
    'fault-duty-role;{head};{unit};Trollkarl;;100;2026-08-18;;',
  ],
  [
    'duty-percent',
    'a percentage that is no number',
    'VALUE_NOT_ALLOWED dutyPercent',
    'fault-duty-percent;{head};{unit};Lärare;;halv;2026-08-18;;',
  ],
  [
    'duty-begin',
    'a first day that no calendar has',
    'VALUE_NOT_ALLOWED startDate',
    'fault-duty-begin;{head};{unit};Lärare;;100;2026-02-30;;',
  ],
  [
    'duty-person',
    'a duty without its person',
    'VALUE_MISSING person',
    'fault-duty-person;;{unit};Lärare;;100;2026-08-18;;',
  ],
  [
    'duty-unit',
    'a duty without its unit',
    'VALUE_MISSING dutyAt',
    'fault-duty-unit;{head};;Lärare;;100;2026-08-18;;',
  ],
  [
    'duty-id',
    'a duty without an id',
    'RECORD_INVALID tjanst_id',
    ';{head};{unit};Lärare;;100;2026-08-18;;',
  ],
  ['cells', 'a row with too few cells', 'RECORD_INVALID', 'fault-cells;{head}'],
];

const ACCOUNTS: readonly Written[] = [
  [
    'account-type',
    'a type of account that nobody knows',
    'CODE_UNMAPPED emails.type',
    'fault-account-type;fia@skola.example;fia@skola.example;Gäst',
  ],
  [
    'account-name',
    'an account name without @',
    'VALUE_NOT_ALLOWED eduPersonPrincipalNames',
    'fault-account-name;fia;;Elev',
  ],
];

const ACTIVITIES: readonly Written[] = [
  [
    'activity-group',
    'an activity for no group',
    'VALUE_MISSING groups',
    'fault-activity-group;Fel;{unit};;;;2026-08-18;',
  ],
  [
    'activity-name',
    'an activity without a name',
    'VALUE_MISSING displayName',
    'fault-activity-name;;{unit};fault-group;;;2026-08-18;',
  ],
];

const SYLLABUSES: readonly Written[] = [
  [
    'subject',
    'a syllabus without a subject',
    'VALUE_MISSING subjectName',
    'fault-subject;GR;GRGRFEL01;;;',
  ],
];

const PROGRAMMES: readonly Written[] = [
  [
    'programme-type',
    'a type of programme that SS 12000 does not have',
    'CODE_UNMAPPED type',
    'fault-programme-type;FE25;Felprogrammet;GY;Annat',
  ],
];

/** Bad rows of the delimited files. */
export const ROW_FAULTS: readonly RecordFault[] = [
  ...DUTIES.map((one) => faultAt('anstallning', one)),
  ...ACCOUNTS.map((one) => faultAt('konto', one)),
  ...ACTIVITIES.map((one) => faultAt('aktivitet', one)),
  ...SYLLABUSES.map((one) => faultAt('amne', one)),
  ...PROGRAMMES.map((one) => faultAt('program', one)),
].map((fault) => ({ ...fault, text: `${fault.text}\r\n` }));
