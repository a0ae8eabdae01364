/** What a person types to let go on what waits. */
export const APPROVE = '`skolnav hold list`, `skolnav hold approve <id> --reason "..."`';

/** Failures at what stands outside: files, transports, targets. See `CATALOGUE`. */
export const OUTSIDE = {
  // Files and transports
  FILE_MISSING: {
    meaning: 'A file or a folder that must be there is not there.',
    hint: 'Nothing was changed. Ask the sender whether the export ran; when the file is there, `skolnav sync`.',
    targetHint:
      'Nothing was delivered. Make the folder named or mount it, or mend it in config/hub.yaml; `skolnav check`, then `skolnav sync`.',
  },
  FILE_UNREAD: {
    meaning:
      'A file lies at a source and is not read: its date or its name cannot be right, or something before it is missing.',
    hint: 'It stays where it is. Ask the sender for it under the right name and date, then remove this one; what has come by now is read by `skolnav sync`.',
  },
  FILE_GROWING: {
    meaning: 'A file is still being written, or was replaced while it was read.',
    hint: 'Nothing was changed. It is read by the next `skolnav sync`. If it lasts, ask the sender to write under another name and to rename, or to send a marker.',
  },
  FILE_DAMAGED: {
    meaning: 'A file is truncated, has a wrong count or checksum, or is not well-formed.',
    hint: 'Nothing was changed. Ask the sender to send the whole file again, then `skolnav sync`.',
    targetHint:
      'Look at the folder of the target, and at who else writes there; then `skolnav sync`.',
  },
  FILE_ENCODING: {
    meaning: 'A file is not in the declared character encoding.',
    hint: 'Nothing was changed. Ask the sender for the file in the encoding named, then `skolnav sync`. If all files come so from now on, say it as the layout’s `encoding`.',
  },
  FILE_UNSAFE: {
    meaning: 'A file contains something that is never allowed: entities, NUL bytes, huge fields.',
    hint: 'Nothing was changed. Ask the sender what produced it and for a clean file, then `skolnav sync`; do not lift the limit unseen.',
    targetHint:
      'Nothing was written there. Look at the folder of the target for links and odd names, then `skolnav sync`.',
  },
  FILE_LAYOUT: {
    meaning: 'The columns or records of a file are not those of its layout.',
    hint: 'Nothing was changed. Ask the sender whether the file was meant to change: if not, for a right one; if so, change the layout or the mapping. Then `skolnav sync`.',
  },
  MOVE_REFUSED: {
    meaning: 'What the hub keeps could not be moved to the other backend.',
    hint: 'Nothing has changed: the hub goes on where its state was. Mend what the text says, and move again.',
  },
  BACKUP_REFUSED: {
    meaning: 'A backup could not be written where it was asked for.',
    hint: 'Nothing was written. Name a file that is not there yet, in a folder that is there and has room.',
  },
  FILE_WRITE: {
    meaning: 'A file could not be written or put in place.',
    hint: 'The old file is untouched. Check space and permissions of the folder named, then `skolnav sync`.',
  },
  CONNECTION_LOST: {
    meaning: 'The other side could not be reached, or the connection broke.',
    hint: 'It is tried again by itself. If it lasts, check the address, the network and the system, then `skolnav sync`.',
  },
  TIMEOUT: {
    meaning: 'The other side did not answer in time.',
    hint: 'It is tried again by itself, without harm if the change was made. If it lasts, ask the owner of the system.',
  },
  EVENT_UNSIGNED: {
    meaning:
      'A call that brought events was not signed as agreed, or its time stamp was too far from our clock.',
    hint: 'Nothing was kept, and the caller was told. Compare the secret and the clocks with the owner of the system; while a secret is changed, both count (`otherSecret`).',
  },
  EVENT_MALFORMED: {
    meaning: 'What a system sent is too large, is no JSON, or is not what its layout says.',
    hint: 'Nothing of it was kept, and a caller was told what to mend. Show the owner of the system the field named; if it is the layout that is wrong, change that.',
  },
  EVENT_REUSED: {
    meaning: 'A system used the id of something that it had sent for something else.',
    hint: 'Of a call nothing was kept, and the caller was told. Of a queue both are kept. Ask the owner of the system for an id of its own for each message.',
  },
  EVENT_NOT_KEPT: {
    meaning: 'What a system sent could not be kept, and the caller was told to send it again.',
    hint: 'Nothing is lost as long as the system sends again. Look at what the log says of the store just before.',
  },
  HOST_KEY_UNKNOWN: {
    meaning: "The SFTP server's host key is not the pinned one.",
    hint: `Do not go on until the owner of the server has confirmed the new key. Then put it into \`hostKeys\` in config/hub.yaml; if a target waits, ${APPROVE}, then \`skolnav sync\`.`,
  },
  CERTIFICATE_UNKNOWN: {
    meaning:
      'The certificate of the other side is not one that the options of its module, or this system, trust.',
    hint: `Nothing was sent. Ask its owner, by another way, whether the certificate has changed or is out of date; then put the new issuer or pin where \`tls.ca\` or \`tls.pins\` in config/hub.yaml take it from. If a target waits, ${APPROVE}, then \`skolnav sync\`.`,
  },
  CREDENTIALS: {
    meaning: 'The other side refuses our credentials.',
    hint: `Put the right secret where the binding in config/hub.yaml takes it from. If a target waits, ${APPROVE}, then \`skolnav sync\`.`,
  },
  // Targets' answers
  TARGET_REFUSED: {
    meaning: 'The target says that this object is not acceptable.',
    hint: 'Read what the target answered and mend the data at their source, or the mapping: the next `skolnav sync` delivers it. If only the target was wrong, `skolnav failed retry <id>` and `skolnav sync`.',
  },
  NOT_TAKEN: {
    meaning:
      'The target said yes, and its answer shows that it did not take all of this object. The rest of it stands there.',
    hint: 'Ask the owner of the target why it does not take what is named. It is told again when another value is wanted, or by `skolnav failed retry <id>`; who is in what, and who is shut, by each `skolnav sync`. If the target decides it alone, `omit` the field in a mapping of your own.',
  },
  TARGET_BUSY: {
    meaning: 'The target asks us to slow down or is overloaded.',
    hint: 'It is tried again by itself after the time that the target asked for. If it lasts, lower `requestsPerSecond` of the binding.',
  },
  TARGET_BROKEN: {
    meaning: 'The target failed inside (5xx or a fault).',
    hint: 'It is tried again by itself. If it lasts, report it to the owner of the target.',
  },
  TARGET_ANSWER_UNREADABLE: {
    meaning: 'The target answered something that is not its protocol, such as an HTML page.',
    hint: 'It is tried again by itself. Often it is a proxy or a login page: check the address in config/hub.yaml, then `skolnav sync`.',
  },
  PREREQUISITE_MISSING: {
    meaning: 'The target lacks an object that this one refers to.',
    hint: 'Mend the failure that it waits for, which `skolnav failed show <id>` names; this one then follows by itself.',
  },
  REFERENCE_WITHOUT_ID: {
    meaning:
      'This object refers to one whose id the target has never told; our own key is nothing to it, and is not sent.',
    hint: 'Let the object referred to go again: the target tells its id with the answer. `skolnav trace <id>` shows it, `skolnav resend` lets it go; then `skolnav sync`. If the target tells no ids, report it to its owner.',
  },
  KEY_TAKEN: {
    meaning: 'Two entities claim the same key in this target.',
    hint: 'The one that was first keeps it. `skolnav trace <id>` shows the records of the person named: have one of the two changed at the source, or take another key in the mapping. Then `skolnav sync`, and once more if the other had to change first.',
  },
  AMBIGUOUS_MATCH: {
    meaning: 'More than one object of the target answers to the same key.',
    hint: 'Remove or merge the duplicates in the target, then `skolnav failed retry <id>` and `skolnav sync`.',
  },
  ADOPTION_AMBIGUOUS: {
    meaning:
      'It cannot be told which object of the target is this one: several answer to it, it answers to several, or the one that does carries another id.',
    hint: 'It is not made twice: it waits. `skolnav adopt <flow>` lists the candidates; look at them in the target, then `skolnav adopt <flow> --choose <our key>=<its id>`, or `=none` if it is none of them.',
  },
} as const;
