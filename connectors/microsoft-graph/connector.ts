import { define, oneByOne, RateBudget, type ServiceOptions } from '../../core/plugin.ts';
import { Batches } from './batch.ts';
import { Audiences, Classes } from './groups.ts';
import type { GraphKind, World } from './kind.ts';
import { Members } from './members.ts';
import { Teams } from './teams.ts';
import { Users } from './users.ts';

export interface Options extends ServiceOptions {
  readonly writesPerSecond: number;
  readonly teamsPerSecond: number;
  readonly owner?: string;
}

export const connector = define<Options>({
  openSink: ({ http, options, now, sleep, paceOf }) => {
    const { timeoutMs = 30_000, writesPerSecond, teamsPerSecond, owner = null } = options;
    const paced = (name: string, requestsPerSecond: number) =>
      paceOf(
        name,
        () => new RateBudget({ now, sleep, requestsPerSecond, longestPauseMs: timeoutMs }),
      );
    const batches = new Batches(http, paced('writes', writesPerSecond), sleep);
    const world: World = { http, batches, sleep, url: options.url, owner };
    const kinds = kindsIn(world, () => paced('teams', teamsPerSecond).take());
    const of = (kind: string) => kinds.get(kind) ?? NOTHING;
    return oneByOne({
      sideBySide: true,
      write: (one) => of(one.kind).write(one),
      list: (kind, signal) => of(kind).list(signal),
      find: (kind, key, signal) => of(kind).find(key, signal),
    });
  },
});

function kindsIn(world: World, mayTellTeams: () => Promise<void>): ReadonlyMap<string, GraphKind> {
  const users = new Users(world);
  const classes = new Classes(world);
  const audiences = new Audiences(world);
  return new Map<string, GraphKind>([
    ['user', users],
    ['class', classes],
    ['audience', audiences],
    ['membership', new Members(world, { groups: classes, users, field: 'class', hasOwners: true })],
    [
      'audience-member',
      new Members(world, { groups: audiences, users, field: 'audience', hasOwners: false }),
    ],
    ['team', new Teams(world, { classes, mayTell: mayTellTeams })],
  ]);
}

/** What the manifest does not name is not there, and is taken by nobody. */
const NOTHING: GraphKind = {
  write: async () => ({ status: 404 }),
  async *list() {},
  async *find() {},
};
