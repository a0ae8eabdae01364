import type { Command } from 'commander';
import type { Terminal } from '../terminal/terminal.ts';

type AddTo = (program: Command, terminal: Terminal) => void;

/** Every command by its name, in the order of the help; each is loaded where it is asked for. */
const COMMANDS: Readonly<Record<string, () => Promise<AddTo>>> = {
  init: async () => (await import('./init.ts')).addInitCommand,
  check: async () => (await import('./check.ts')).addCheckCommand,
  test: async () => (await import('./test.ts')).addTestCommand,
  generate: async () => (await import('./generate.ts')).addGenerateCommand,
  plan: async () => (await import('./plan.ts')).addPlanCommand,
  'what-if': async () => (await import('./what-if.ts')).addWhatIfCommand,
  adopt: async () => (await import('./adopt.ts')).addAdoptCommand,
  sync: async () => (await import('./sync.ts')).addSyncCommand,
  serve: async () => (await import('./serve.ts')).addServeCommand,
  account: async () => (await import('./account.ts')).addAccountCommand,
  modules: async () => (await import('./modules.ts')).addModulesCommand,
  workers: async () => (await import('./workers.ts')).addWorkersCommand,
  schedule: async () => (await import('./schedule.ts')).addScheduleCommand,
  pause: async () => (await import('./pause.ts')).addPauseCommand,
  resume: async () => (await import('./pause.ts')).addResumeCommand,
  overview: async () => (await import('./overview.ts')).addOverviewCommand,
  flows: async () => (await import('./flows.ts')).addFlowsCommand,
  runs: async () => (await import('./runs.ts')).addRunsCommand,
  findings: async () => (await import('./findings.ts')).addFindingsCommand,
  digest: async () => (await import('./digest.ts')).addDigestCommand,
  failed: async () => (await import('./failed.ts')).addFailedCommand,
  resend: async () => (await import('./resend.ts')).addResendCommand,
  override: async () => (await import('./override.ts')).addOverrideCommand,
  hold: async () => (await import('./hold.ts')).addHoldCommand,
  trace: async () => (await import('./trace.ts')).addTraceCommand,
  members: async () => (await import('./members.ts')).addMembersCommand,
  explain: async () => (await import('./explain.ts')).addExplainCommand,
  drift: async () => (await import('./drift.ts')).addDriftCommand,
  audit: async () => (await import('./audit.ts')).addAuditCommand,
  backup: async () => (await import('./backup.ts')).addBackupCommand,
  move: async () => (await import('./move.ts')).addMoveCommand,
  purge: async () => (await import('./purge.ts')).addPurgeCommand,
  article30: async () => (await import('./article30.ts')).addArticle30Command,
  connectors: async () => (await import('./connectors.ts')).addConnectorsCommand,
  scaffold: async () => (await import('./scaffold.ts')).addScaffoldCommand,
};

/**
 * Adds the commands that these words name, or all of them where none does: the help lists them, and
 * a misspelt one is compared with them.
 */
export async function addCommands(
  program: Command,
  terminal: Terminal,
  words: readonly string[],
): Promise<void> {
  const named = Object.keys(COMMANDS).filter((name) => words.includes(name));
  for (const name of named.length > 0 ? named : Object.keys(COMMANDS)) {
    const addTo = await COMMANDS[name]?.();
    addTo?.(program, terminal);
  }
}
