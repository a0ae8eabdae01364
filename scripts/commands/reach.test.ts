import assert from 'node:assert/strict';
import { Command } from 'commander';
import type { ControlBus } from '../../core/control/control-bus.ts';
import { paperTerminal } from '../../test/e2e/skolnav.ts';
import { addCommands } from './all.ts';

/** What no command is for: it narrows a bus, or is part of what another method does. */
const INSIDE = null;

/**
 * Every method of the control bus, and the command by which whoever has no dashboard does the same,
 * with the option that it takes; a new method without a row is no type.
 */
const COMMAND_OF: Readonly<Record<keyof ControlBus, string | typeof INSIDE>> = {
  ...{ plan: 'plan', ahead: 'plan', whatIf: 'what-if', sync: 'sync' },
  ...{ overview: 'overview', underWay: 'overview', unreached: 'overview', workers: 'workers' },
  queues: 'workers --queues',
  ...{ runs: 'runs', findings: 'findings', testMail: 'findings --test-mail', digest: 'digest' },
  ...{ failureGroups: 'failed list', failures: 'failed list', failurePage: 'failed group --sort' },
  partsOf: 'failed group',
  ...{ blockages: 'failed list', failure: 'failed show', causeOf: 'failed show' },
  ...{
    waitingFor: 'failed show --values',
    objectStory: 'failed show --values',
    ending: 'failed show',
  },
  ...{ impacts: 'failed impact', classesOf: 'failed impact' },
  ...{ storiesOf: 'failed note', putRemark: 'failed note --owner' },
  ...{ tableGap: 'failed row', tryRow: 'failed row', addRow: 'failed row --write' },
  ...{ retry: 'failed retry', retryGroup: 'failed retry --target', retryOf: 'failed retry' },
  ...{ resumeRetry: 'failed retry --resume', askRetry: 'failed retry --pause' },
  ...{ discard: 'failed discard', discardGroup: 'failed discard --target' },
  ...{ restore: 'failed restore', restoreGroup: 'failed restore --target' },
  resend: 'resend',
  ...{ overrides: 'override list', override: 'override list', editable: 'override set' },
  ...{ tryOverride: 'override set', setOverride: 'override set' },
  ...{ approveOverride: 'override approve', endOverride: 'override end' },
  ...{ holds: 'hold list', hold: 'hold show', heldChanges: 'hold show' },
  holdBackground: 'hold show',
  ...{ decideHolds: 'hold reject', identityHolds: 'hold approve' },
  ...{ findPersons: 'trace', trace: 'trace', uses: 'trace --field', explain: 'explain' },
  ...{ past: 'trace --on', members: 'members --on' },
  ...{ wiring: 'flows', mapping: 'flows --mapping', mappingText: INSIDE },
  ...{ checkMapping: 'test', tryMapping: 'what-if' },
  ...{ modules: 'modules', module: 'modules', connect: 'check --connect' },
  ...{ driftOf: 'drift --last', adoptionOf: 'adopt --last', retryNow: 'override set' },
  ...{ drift: 'drift', adopt: 'adopt', timetable: 'schedule', pause: 'pause', resume: 'resume' },
  ...{ serve: 'serve', scheduler: INSIDE, purge: 'purge', backup: 'backup' },
  ...{ auditTrail: 'audit', auditExport: 'audit export', checkAudit: 'audit check' },
  ...{ access: 'account', as: INSIDE, may: INSIDE, opens: INSIDE },
};

describe('what the dashboard can do', () => {
  const program = new Command('skolnav');
  before(() => addCommands(program, paperTerminal().terminal, []));

  it('the command line can do, too: each method of the control bus has a command', () => {
    const lines = Object.values(COMMAND_OF).filter((line) => line !== INSIDE);
    assert.deepEqual(
      [...new Set(lines)].flatMap((line) => missingOf(program, line.split(' '))),
      [],
    );
  });
});

/** The words that name no command, or no option of the one before. */
function missingOf(of: Command, [word, ...more]: readonly string[]): readonly string[] {
  if (word === undefined) return [];
  if (word.startsWith('--')) {
    return of.options.some(({ long }) => long === word) ? [] : [`${of.name()} ${word}`];
  }
  const next = of.commands.find((one) => one.name() === word);
  return next === undefined ? [`${of.name()} ${word}`] : missingOf(next, more);
}
