import { dirname, join, normalize } from 'node:path/posix';

/** One source file of the house: its path from the root and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A breach of the house's rules, and what to do instead. */
export interface Breach {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly text: string;
}

interface Import {
  /** Who imports. */
  readonly path: string;
  readonly line: number;
  /** Path from the root for our own files, else the package's name. */
  readonly to: string;
  readonly isOwn: boolean;
}

/** Longest match wins. Imports go to the same or a lower floor. */
const FLOORS: readonly (readonly [string, number])[] = [
  ['core/message/', 1],
  ['core/failure/', 1],
  ['core/log/', 1],
  ['core/config/', 2],
  ['core/schema/', 2],
  ['core/connector/', 2],
  ['core/store/', 2],
  ['core/broker/broker.ts', 2],
  ['core/store/sqlite/', 3],
  ['core/store/mongodb/', 3],
  ['core/broker/', 3],
  ['core/files/', 3],
  ['core/codec/', 3],
  ['core/transport/', 3],
  ['core/kit/', 3],
  ['core/mapping/', 3],
  ['core/schedule/', 3],
  ['core/guard/', 3],
  ['core/plugin.ts', 3],
  ['core/flow/', 4],
  ['core/view/', 4],
  ['core/intake/', 5],
  ['core/plan/', 5],
  ['core/dispatch/', 5],
  ['core/run/', 6],
  ['core/withdraw/', 6],
  ['core/night/', 6],
  ['core/control/', 7],
  ['core/backend.ts', 8],
  ['core/move/', 8],
  ['core/hub.ts', 8],
  ['core/check.ts', 8],
  ['core/records.ts', 8],
  ['core/looks.ts', 8],
  ['core/rehearsal.ts', 8],
  ['connectors/', 9],
  ['examples/', 9],
  ['dashboard/', 9],
  ['scripts/', 10],
];

/** What may be imported through a door, and by whom. */
interface Door {
  readonly from: string;
  /** Folders in it whose plain helpers are the core's own. */
  readonly beside?: readonly string[];
  readonly through: readonly string[];
  readonly hint: string;
}

const DOORS: readonly Door[] = [
  {
    from: 'connectors/',
    through: ['core/plugin.ts'],
    hint: 'a connector uses core/plugin.ts alone: offer it there',
  },
  {
    from: 'examples/',
    through: ['core/plugin.ts'],
    hint: 'a connector uses core/plugin.ts alone: offer it there',
  },
  {
    from: 'dashboard/',
    through: ['core/control/control-bus.ts'],
    hint: 'the dashboard uses the control bus alone: offer it there',
  },
  {
    from: 'scripts/',
    beside: ['checks', 'generate', 'scaffold', 'situations'].map((name) => `scripts/${name}/`),
    through: ['control/control-bus', 'hub', 'records', 'move/move', 'check', 'plugin'].map(
      (name) => `core/${name}.ts`,
    ),
    hint: 'a command uses the control bus and what opens it: offer it there',
  },
];

/** Each driver has one home. */
const HOMES: Readonly<Record<string, readonly string[]>> = {
  'node:sqlite': ['core/store/sqlite/'],
  mongodb: ['core/store/mongodb/', 'scripts/cluster/'],
  amqplib: ['core/broker/rabbitmq/'],
  ajv: ['core/schema/'],
  'ajv-formats': ['core/schema/'],
  express: ['dashboard/', 'core/transport/served/'],
  'iconv-lite': ['core/codec/'],
  papaparse: ['core/codec/'],
  'read-excel-file/universal': ['core/codec/'],
  saxes: ['core/codec/'],
  xml2js: ['core/codec/'],
  'ssh2-sftp-client': ['core/files/'],
  yaml: ['core/schema/'],
  yauzl: ['core/codec/packed/'],
  pino: ['core/log/'],
  'node-cron': ['core/schedule/'],
  nodemailer: ['core/transport/'],
  'openid-client': ['core/control/access/'],
  commander: ['scripts/'],
  '@marcbachmann/cel-js': ['core/mapping/'],
};

export function isTest(path: string): boolean {
  return path.endsWith('.test.ts') || path.startsWith('test/') || path.startsWith('bench/');
}

const MOST_FILES = 12;

/** Rooms of the core that hold more than one can take in; tests stand beside what they test. */
export function checkRooms(files: readonly SourceFile[]): readonly Breach[] {
  const shipped = files.filter(({ path }) => path.startsWith('core/') && !isTest(path));
  const rooms = Map.groupBy(shipped, ({ path }) => dirname(path));
  return [...rooms].flatMap(([room, inside]) => {
    const text = `${inside.length} files; the most is ${MOST_FILES}: it is two rooms`;
    return inside.length <= MOST_FILES ? [] : [{ path: room, line: 1, rule: 'room', text }];
  });
}

/**
 * Every breach of floors, doors and homes among shipped files, and of cycles: among all files, and
 * among folders of the core that stand side by side, where imports go in one direction only.
 */
export function checkImports(files: readonly SourceFile[]): readonly Breach[] {
  const graph = Map.groupBy(files.flatMap(importsOf), ({ path }) => path);
  const shipped = [...graph.values()].flat().filter(({ path }) => !isTest(path));
  const cycles = findCycles(graph, 'cycle');
  return [...shipped.flatMap(checkImport), ...cycles, ...findCycles(roomsOf(shipped), 'rooms')];
}

/** The imports between folders of the core that stand side by side, by the folder that imports. */
function roomsOf(imports: readonly Import[]): ReadonlyMap<string, readonly Import[]> {
  const rooms = new Map<string, Import[]>();
  for (const one of imports) {
    const [from, to] = [one.path.split('/'), one.to.split('/')];
    const apart = from.findIndex((name, at) => name !== to[at]);
    // A file that stands beside a folder is above it: it puts together, or is what its rooms share.
    if (from[0] !== 'core' || apart < 1) continue;
    if (apart >= from.length - 1 || apart >= to.length - 1) continue;
    const room = from.slice(0, apart + 1).join('/');
    const imported = { ...one, to: to.slice(0, apart + 1).join('/') };
    rooms.set(room, [...(rooms.get(room) ?? []), imported]);
  }
  return rooms;
}

const IMPORT =
  /^(?:import|export)\s[^;]*?from\s+'([^']+)'|^import\s+'([^']+)'|import\('([^']+)'\)/gms;

/** The imports of a file, types included. */
export function importsOf({ path, text }: SourceFile): readonly Import[] {
  return [...text.matchAll(IMPORT)].map((match) => {
    const to = match[1] ?? match[2] ?? match[3] ?? '';
    const line = text.slice(0, match.index).split('\n').length;
    if (to.startsWith('.'))
      return { path, line, to: normalize(join(dirname(path), to)), isOwn: true };
    const name = to.startsWith('@') ? to.split('/').slice(0, 2).join('/') : to.split('/')[0];
    return { path, line, to: name ?? to, isOwn: false };
  });
}

function checkImport({ path, line, to, isOwn }: Import): readonly Breach[] {
  const breach = (rule: string, text: string): Breach => ({ path, line, rule, text });
  if (!isOwn) {
    const homes = HOMES[to];
    const isHome = homes === undefined || homes.some((home) => path.startsWith(home));
    return isHome ? [] : [breach('home', `${to} lives in ${homes.join(', ')}: ask there`)];
  }
  const door = DOORS.find(({ from, beside = [] }) => {
    return path.startsWith(from) && !beside.some((folder) => path.startsWith(folder));
  });
  if (door !== undefined && !isInside(path, to)) {
    return door.through.includes(to) ? [] : [breach('door', `imports ${to}; ${door.hint}`)];
  }
  const [from, upon] = [floorOf(path), floorOf(to)];
  if (from === null || upon === null || upon <= from) return [];
  return [breach('floor', `floor ${from} imports ${to} of floor ${upon}; imports go down`)];
}

/** Connectors are closed to one another: each folder is an inside of its own. */
function isInside(path: string, to: string): boolean {
  const [top, name] = path.split('/');
  if (top === 'scripts') return !to.startsWith('core/');
  const inside = top === 'connectors' || top === 'examples' ? `${top}/${name}/` : `${top}/`;
  return to.startsWith(inside);
}

function floorOf(path: string): number | null {
  const matches = FLOORS.filter(([prefix]) => path.startsWith(prefix));
  const longest = matches.sort(([a], [b]) => b.length - a.length)[0];
  return longest?.[1] ?? null;
}

/** One breach for each import that closes a circle. */
function findCycles(
  graph: ReadonlyMap<string, readonly Import[]>,
  rule: string,
): readonly Breach[] {
  const breaches: Breach[] = [];
  const done = new Set<string>();
  const visit = (from: string, trail: readonly string[]): void => {
    if (done.has(from)) return;
    for (const { path, line, to } of graph.get(from) ?? []) {
      const at = trail.indexOf(to);
      if (to === from || at >= 0) {
        const circle = [...trail.slice(at < 0 ? trail.length : at), from, to].join(' -> ');
        breaches.push({ path, line, rule, text: circle });
      } else {
        visit(to, [...trail, from]);
      }
    }
    done.add(from);
  };
  for (const from of graph.keys()) visit(from, []);
  return breaches;
}
