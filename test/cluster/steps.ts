/**
 * The named steps of a night on a cluster that leave something behind: in the store (by the
 * collections of a write or of a whole transaction), at the broker, in a folder, at a target. The
 * first that fits.
 */
export const STEPS: readonly (readonly [step: string, pattern: RegExp])[] = [
  ['taking or renewing a lease', /^lease findOneAndUpdate/],
  ['beginning a term', /^fence bulkWrite/],
  ['giving a lease back', /^lease updateOne/],
  ['saying that it is there', /^worker /],
  ['numbering what comes', /^counter /],
  ['applying a batch', /^commit .*\b(entity|part)\b/],
  ['staging a batch', /^stage /],
  ['finishing an intake', /^commit .*\bcheckpoint\b/],
  ['opening or committing an intake', /^commit .*\bintake\b/],
  ['proposing a set', /^commit proposal/],
  ['settling deliveries', /^commit .*\bledger\b.*\bmessage\b/],
  ['confirming a set', /\b(confirming|ledger)\b/],
  ['keeping, doubting or clearing messages', /\bmessage\b/],
  ['writing down a run', /\brun\b/],
  ['keeping a value', /\bvalue\b/],
  ['noting what the calendar changes', /\brecheck\b/],
  ['publishing tickets', /^amqp publish/],
  ['acknowledging tickets', /^amqp ack/],
  ['archiving a file', /rename .*archive\/.*(csv|xml)$/],
  ['archiving the marker', /rename .*archive\/.*done$/],
  ['putting a file in place', /rename .*\.csv$/],
  ['putting the marker in place', /rename .*sds\.done$/],
  ['telling a target', /fetch (POST|PUT|PATCH|DELETE) /],
];

/** The step that some write, a call of the file system or a request is; '' where it is none. */
export function stepOf(text: string): string {
  return STEPS.find(([, pattern]) => pattern.test(text))?.[0] ?? '';
}
