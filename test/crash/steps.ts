/**
 * The named steps of the main path that leave something behind: in the database (by the SQL of a
 * statement, or of all statements of a transaction), in a folder, at a target. The first that fits.
 */
export const STEPS: readonly (readonly [step: string, pattern: RegExp])[] = [
  ['making the database', /user_version = /],
  ['taking the lease', /INSERT INTO lease/],
  ['giving the lease back', /UPDATE lease SET owner = ''/],
  ['writing down a run', /INTO run /],
  ['keeping an event', /INTO inbox/],
  ['emptying the inbox', /UPDATE inbox/],
  ['opening an intake', /INTO intake/],
  ['staging a batch', /INTO staging\.stage/],
  ['committing the stage', /INTO staging\.sealed/],
  ['committing an intake', /sealed = 1/],
  ['setting records aside', /INTO quarantine/],
  ['finishing an intake', /DELETE FROM intake/],
  ['proposing a set', /INTO staging\.proposal/],
  ['emptying the stage', /DROP TABLE|VACUUM/],
  ['applying a batch', /(INTO|FROM|UPDATE) (part|entity|reference)\b/],
  ['archiving a file', /rename .*archive\/.*(csv|xml)$/],
  ['archiving the marker', /rename .*archive\/.*done$/],
  ['removing the old marker', /rm .*sds\.done$/],
  ['putting a file in place', /rename .*\.csv$/],
  ['putting the marker in place', /rename .*sds\.done$/],
  ['clearing the scratch folder', /rm .*scratch/],
  ['settling deliveries', /ledger[\s\S]*message\b|message\b[\s\S]*ledger/],
  ['confirming a set', /ledger/],
  ['removing stale messages', /DELETE FROM message WHERE target/],
  ['noting a doubt', /SET in_doubt/],
  ['keeping messages', /(INTO|UPDATE|FROM) message\b/],
  ['telling a target', /fetch (POST|PUT|PATCH|DELETE) /],
  ['asking a target', /fetch GET /],
  ['keeping a value', /INTO value/],
  ['numbering a name', /INTO name/],
];

/** The step that some SQL, a call of the file system or a request is; '' where nothing is left. */
export function stepOf(text: string): string {
  return STEPS.find(([, pattern]) => pattern.test(text))?.[0] ?? '';
}
