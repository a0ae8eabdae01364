/**
 * Every failure code: what it means to an administrator and what to do. docs/failures.md is made
 * from it. Codes are stable; a code that is gone is never used for something else.
 */
export const CATALOGUE = {
  // Files and transports
  FILE_MISSING: {
    meaning: 'A file that the source must deliver is not there.',
    hint: 'Ask the sender whether the export ran; when the file is in place, run the sync again.',
  },
  FILE_DAMAGED: {
    meaning: 'A file is truncated, has a wrong count or checksum, or is not well-formed.',
    hint: 'Nothing was changed. Ask the sender for the whole file and run the sync again.',
  },
  FILE_ENCODING: {
    meaning: 'A file is not in the declared character encoding.',
    hint: 'Ask the sender for the declared encoding, or change `encoding` in the layout file.',
  },
  FILE_UNSAFE: {
    meaning: 'A file contains something that is never allowed: entities, NUL bytes, huge fields.',
    hint: 'Nothing was changed. Ask the sender what produced it; do not lift the limit unseen.',
  },
  FILE_LAYOUT: {
    meaning: 'The columns or records of a file are not those of its layout.',
    hint: 'Compare the header with the layout file; mend the layout if the sender changed it.',
  },
  FILE_WRITE: {
    meaning: 'A file could not be written or put in place.',
    hint: 'Check space and permissions of the folder named; the old file is untouched.',
  },
  CONNECTION_LOST: {
    meaning: 'The other side could not be reached, or the connection broke.',
    hint: 'It is tried again by itself. If it lasts, check the address, the network and the system.',
  },
  TIMEOUT: {
    meaning: 'The other side did not answer in time.',
    hint: 'It is tried again by itself. The change may have been made; a repeat is harmless.',
  },
  HOST_KEY_UNKNOWN: {
    meaning: "The SFTP server's host key is not the pinned one.",
    hint: 'Do not proceed until the owner of the server confirms the new key; then pin it in config.',
  },
  CREDENTIALS: {
    meaning: 'The other side refuses our credentials.',
    hint: 'The target waits. Renew the secret that the binding names, then approve the hold.',
  },
  // Targets' answers
  TARGET_REFUSED: {
    meaning: 'The target says that this object is not acceptable.',
    hint: "Read the target's answer, mend the data at its source or the mapping, then retry.",
  },
  TARGET_BUSY: {
    meaning: 'The target asks us to slow down or is overloaded.',
    hint: 'It is tried again by itself after the time the target asked for.',
  },
  TARGET_BROKEN: {
    meaning: 'The target failed inside (5xx or a fault).',
    hint: 'It is tried again by itself. If it lasts, report it to the owner of the target.',
  },
  TARGET_ANSWER_UNREADABLE: {
    meaning: 'The target answered something that is not its protocol, such as an HTML page.',
    hint: 'Often a proxy or a login page: check the address. It is tried again by itself.',
  },
  PREREQUISITE_MISSING: {
    meaning: 'The target lacks an object that this one refers to.',
    hint: 'Mend the failure of the object it waits for; this one then follows by itself.',
  },
  KEY_TAKEN: {
    meaning: 'Two entities claim the same key in this target.',
    hint: 'The first keeps it. Find the duplicate in the source, or choose another key field.',
  },
  AMBIGUOUS_MATCH: {
    meaning: 'More than one object of the target answers to the same key.',
    hint: 'Remove or merge the duplicates in the target, then retry.',
  },
  ADOPTION_AMBIGUOUS: {
    meaning:
      'It cannot be told which object of the target is this one: several answer to it, it answers to several, or the one that does carries another id.',
    hint: 'It is not made twice: it waits. `skolnav adopt <flow>` lists the candidates; look at them in the target, then `skolnav adopt <flow> --choose <our key>=<its id>`, or `=none` if it is none of them.',
  },
  // Mapping and records
  RECORD_INVALID: {
    meaning: 'A record lacks a field or has a value that is not allowed.',
    hint: 'Mend the record at its source; the last good value stays in place until then.',
  },
  ENTITY_INVALID: {
    meaning: 'What the sources say together is not a valid canonical entity.',
    hint: 'Mend the field named at its source; the last good value stays in place until then.',
  },
  VALUE_MISSING: {
    meaning: 'A field that the mapping requires has no value.',
    hint: 'Fill the field at its source, or give the mapping rule a `default` or `missing: omit`.',
  },
  VALUE_TOO_LONG: {
    meaning: 'A value is longer than the target takes.',
    hint: 'Shorten it at its source, or say `longer: cut` in the mapping.',
  },
  VALUE_NOT_ALLOWED: {
    meaning: 'A value does not have the form that the mapping or the target requires.',
    hint: 'Mend the value at its source, or the rule in the mapping.',
  },
  CODE_UNMAPPED: {
    meaning: 'A code has no row in its table.',
    hint: 'Add the code to the table named, then run the sync again.',
  },
  MERGER_REFUSED: {
    meaning: 'A source calls two persons one of whom only one is protected.',
    hint: 'They stay two. Ask the register by telephone; it heals when both have the same protection.',
  },
  REFERENCE_MISSING: {
    meaning: 'Something referred to has not been delivered by any source.',
    hint: 'It heals by itself when the missing record arrives; ask the source if it should be there.',
  },
  EXPRESSION_FAILED: {
    meaning: 'An expression of a mapping or flow could not be evaluated for this entity.',
    hint: 'Guard the expression against missing fields with has() or a default.',
  },
  // Guards, configuration, state
  GUARD_LIMIT: {
    meaning: 'A plan would change or delete more than its guard allows.',
    hint: 'Look at the plan. Approve the hold if it is right; reject it and mend the source if not.',
  },
  PLAN_CHANGED: {
    meaning:
      'The plan that was asked for is not the present one: data or files have changed since.',
    hint: 'Nothing was delivered. Look at `skolnav plan` again and give the digest that it shows.',
  },
  PROTECTION_RELEASE: {
    meaning: 'A source no longer marks a protected person as protected.',
    hint: 'Ask the school whether it is so. Approve the hold to release the person; until then nothing is told.',
  },
  SOURCE_LATE: {
    meaning: 'A source has brought nothing new for longer than its rules allow.',
    hint: 'Ask the sender whether the export ran. The targets keep what they have until it comes.',
  },
  DEADLINE_AT_RISK: {
    meaning:
      'A scheduled run will not be done by its deadline if it takes as long as it usually does.',
    hint: 'See what it waits for: `skolnav runs`, `skolnav findings`.',
  },
  DEADLINE_MISSED: {
    meaning: 'A scheduled run was not done by its deadline.',
    hint: 'See what it waits for: `skolnav runs`, `skolnav findings`. It ends with the next good run.',
  },
  SOURCE_SHRUNK: {
    meaning: 'A source delivered far fewer records than the last good run.',
    hint: 'Nothing was changed. Check the export; approve the hold if the change is real.',
  },
  SOURCE_STALE: {
    meaning: 'A source sent something older than what was read before, or older than its maxAge.',
    hint: 'Nothing was changed. Ask the sender for the newest export, under a new name.',
  },
  FILE_DRIFT: {
    meaning:
      'A file has new columns, another order, or spoilt letters; all that is known was read.',
    hint: 'Ask the sender what has changed; add the column to the layout if it is wanted.',
  },
  SOURCE_EMPTY: {
    meaning: 'A source delivered nothing at all of what it had before, and called that complete.',
    hint: 'Nothing was changed. Check the export; approve the hold only if all of it is to go.',
  },
  SOURCE_REPLACED: {
    meaning: 'A source delivered as many records as before, but many of them are others.',
    hint: 'Nothing was changed. Ask the sender whether ids have changed or the file is another city’s; approve the hold if the exchange is real.',
  },
  SOURCE_UNIT_SHRUNK: {
    meaning: 'Much of what belongs to a school unit is missing from a source, or the unit itself.',
    hint: 'That unit stays as it was; all else was taken in. Ask whether its list was cut short; if not, approve the hold, wholly or with --unit.',
  },
  CONFIG_INVALID: {
    meaning: 'A configuration, flow or mapping file has faults.',
    hint: 'Run `skolnav check`; every fault is listed with file, line and column.',
  },
  SECRET_MISSING: {
    meaning: 'A secret that the configuration refers to is not set.',
    hint: 'Set the environment variable or the file that the reference names.',
  },
  DOORBELL_UNUSABLE: {
    meaning: 'The doorbell cannot listen on its address.',
    hint: 'Another program has the port, or the host is not of this machine: see `doorbell` in config/hub.yaml.',
  },
  STORE_UNUSABLE: {
    meaning: "The hub's own database cannot be opened or written.",
    hint: 'Nothing was changed. Check space and permissions; restore a backup if it is damaged.',
  },
  BUSY: {
    meaning: 'Another process already does this for the same workspace.',
    hint: 'Wait for it to end, or stop it.',
  },
} as const satisfies Record<string, { meaning: string; hint: string }>;

export type FailureCode = keyof typeof CATALOGUE;
