import { APPROVE } from './catalogue-outside.ts';

/** Failures of records, mappings, guards, configuration and the hub's own state. See `CATALOGUE`. */
export const INSIDE = {
  // Mapping and records
  RECORD_INVALID: {
    meaning: 'A record lacks a field or has a value that is not allowed.',
    hint: 'Ask the sender to mend the record; it is resolved with the next file, read by `skolnav sync`. Until then the last good value stays.',
  },
  RECORD_REPEATED: {
    meaning: 'Records of a whole set came more than once, and do not say the same.',
    hint: 'What came last counts. Ask the sender which is right, and for a file that says it once; read by `skolnav sync`.',
  },
  RECORDS_UNUSED: {
    meaning:
      'Records of a whole set became nothing, and a mapping made nothing of any record of its stream.',
    hint: 'Compare its `when` and `each` with the file: a column may be missing, or a word written otherwise. Mend the mapping, `skolnav check`, then `skolnav sync`.',
  },
  LEAVERS_UNSURE: {
    meaning:
      'Some are missing from a whole set that also holds records of which not even the id can be read, or of a class in which a row does not say whom it means: any of them may be one that seems to be missing.',
    hint: 'Ask the sender to mend the lines named; it is resolved with the next file. If those who are missing have left, `skolnav hold list`, `skolnav hold approve <id> --reason "..."`, then `skolnav sync`.',
  },
  ENTITY_INVALID: {
    meaning: 'What the sources say together is not a valid canonical entity.',
    hint: 'Ask the sender to mend the field named; it is resolved with the next file, read by `skolnav sync`. Until then the last good value stays.',
  },
  VALUE_MISSING: {
    meaning: 'A field that the mapping requires has no value.',
    hint: 'Ask the sender to fill in the field, or give the mapping rule a `default` or `missing: omit`. Then `skolnav sync`: it is tried again; what the sender mends comes with the next file.',
  },
  VALUE_TOO_LONG: {
    meaning: 'A value is longer than the target takes.',
    hint: 'Ask the sender to shorten it, or say `longer: cut` in the mapping rule; then `skolnav sync`.',
  },
  VALUE_NOT_ALLOWED: {
    meaning: 'A value does not have the form that the mapping or the target requires.',
    hint: 'Ask the sender to mend the value, or change the mapping rule. Then `skolnav sync`: it is tried again; what the sender mends comes with the next file.',
  },
  CODE_UNMAPPED: {
    meaning: 'A code has no row in its table.',
    hint: 'Ask the sender what the code means. If it is right, add a row for it to the table or rule named; if not, have it mended. Then `skolnav sync`: it is tried again; what the sender mends comes with the next file.',
  },
  VALUE_FORMULA: {
    meaning: 'A text begins as a formula does: a spreadsheet that opens it would run it.',
    hint: 'It was taken in as it stands. Ask the sender where it comes from. Where people open the files of a target in a spreadsheet, `spreadsheet: true` of its binding makes such texts harmless.',
  },
  MERGER_REFUSED: {
    meaning: 'A source calls two persons one of whom only one is protected.',
    hint: 'They stay two, and both are protected. Ask the register by telephone; it is resolved with the first `skolnav sync` after both have the same protection there. Where they are two, have the register take it back: the next `skolnav sync` asks for a release of the other.',
  },
  REFERENCE_MISSING: {
    meaning: 'Something referred to has not been delivered by any source.',
    hint: 'It is resolved by itself when the missing record arrives. If it should be there already, ask the sender for it.',
  },
  OVERRIDE_UNFIT: {
    meaning:
      "A value that a person has set in the place of a mapping's does not fit the target any more: its schema is another now.",
    hint: 'The last delivered object stays. `skolnav override list`, then end it or set another one; `skolnav sync` tries it again.',
  },
  OVERRIDE_WAITS: {
    meaning: "Values that a person has set in the place of a mapping's wait for another person.",
    hint: '`skolnav override list`, then `skolnav override approve <id>`, or `skolnav override end <id> --reason "..."`.',
  },
  OVERRIDE_REFUSED: {
    meaning: "A value cannot be set in the place of a mapping's.",
    hint: 'The reason says what is allowed. `skolnav override show <flow> <kind> <key>` lists the fields, and which of them are locked and why.',
  },
  EXPRESSION_FAILED: {
    meaning: 'An expression of a mapping or flow could not be evaluated for this entity.',
    hint: 'Guard the expression against missing fields with `has()`, `skolnav check`, then `skolnav sync`.',
  },
  MAPPING_BROKE: {
    meaning: 'A record or an entity made a mapping fail in a way that is a defect of Skolnav.',
    hint: 'The last good value stays. Look for an odd value in the record named, and report the defect; the next `skolnav sync` tries it again.',
  },
  // Guards, configuration, state
  GUARD_LIMIT: {
    meaning: 'A plan would change or delete more than its guard allows.',
    hint: '`skolnav hold list`, then `skolnav hold show <id>`. If it is right, `skolnav hold approve <id> --reason "..."` and `skolnav sync`; if not, `skolnav hold reject <id> --reason "..."` and have the source mended.',
  },
  PLAN_CHANGED: {
    meaning:
      'The plan that was asked for is not the present one: data or files have changed since.',
    hint: 'Nothing was delivered. Look at `skolnav plan` again, and give the digest that it shows now.',
  },
  IDENTITY_CHANGED: {
    meaning:
      'An id that was known came with another number, birth date and name, or with the number and account of another who is there: it may be of another person.',
    hint: 'The one who was there stays as they were. Ask the sender; if it is the same person, `skolnav hold approve <id> --reason "..."`; if it is another, `skolnav hold reject <id> --reason "..."`: they get an id of their own, and the one who was there leaves.',
  },
  NUMBERING_SHARED: {
    meaning:
      'Two sources of a database from before number together, though their mappings do not say so.',
    hint: 'If it is meant, say `of:` with one name in the mappings of both. If not, say a new name in those of one, and look at `skolnav plan`: its persons are made anew.',
  },
  VALUE_SHARED: {
    meaning: 'More than one person has a number or an account that only one can have.',
    hint: 'Ask the sender which of them it belongs to. In the files of a target an account stays with the one who had it first, as long as that one is in them.',
  },
  REFERENCES_CIRCULAR: {
    meaning: 'References go round in a circle: each of some units is above another of them.',
    hint: 'No target is told of a reference that leads back to where it begins. Ask the sender which of them is right.',
  },
  PROTECTION_RELEASE: {
    meaning: 'No record that stands marks a protected person as protected any more.',
    hint: `Nothing is told until a person decides. Ask the school; if it is so, ${APPROVE}, then \`skolnav sync\`.`,
  },
  PROTECTION_HEARD: {
    meaning: 'What a source cannot take in yet calls persons protected: they are, from now on.',
    hint: 'Nothing else of it was taken in. Mend what it waits for: `skolnav findings`, `skolnav hold list`.',
  },
  PROTECTION_UNHEARD: {
    meaning:
      'A record that was set aside bears a word of protection, and it cannot be told whom it is about.',
    hint: 'Look at the line in the file named, ask the school whom it is about, by telephone, and have the sender mend it at once; then `skolnav sync`.',
  },
  PROTECTION_MANY: {
    meaning: 'One run of a source made more persons protected than is plausible.',
    hint: 'They are, and what targets showed of them is taken away. Ask the sender. If it is wrong: have a corrected file sent, `skolnav sync`, then `skolnav hold approve <id> --reason "..."` releases all whom no record calls so any more, with the next `skolnav sync`. If it is right, `skolnav hold reject <id> --reason "..."`.',
  },
  PROTECTED_SHOWN: {
    meaning: 'A target still shows a protected person after it was told to forget the person.',
    hint: 'It is told again with each `skolnav sync`. If it stays, take it out at the target by hand, and tell who runs it: `skolnav trace` shows what the id in the text stands for.',
  },
  PROTECTED_NAMED: {
    meaning:
      'The title of a group or an activity holds the name of a protected person who is or was in it.',
    hint: 'Targets are told the title as it is. Ask the school, by telephone, for a title without a name, and have it mended at the source; until it comes, `skolnav override set` gives the group another title in each flow that delivers it.',
  },
  PROTECTED_NOT_TAKEN: {
    meaning: 'Protected persons are still in a target, or it is not known that they are gone.',
    hint: 'Each run takes them away before anything else. `skolnav findings` and `skolnav runs` show what it waits for: that the flow runs, a pause, a hold, a target that does not answer or refuses. Mend that, then `skolnav sync`; if it takes longer, take them out at the target by hand.',
  },
  SOURCE_LATE: {
    meaning: 'A source has brought nothing new for longer than its rules allow.',
    hint: 'Ask the sender whether the export ran. The targets keep what they have until it comes. If it may be silent for so long, say so as `maxAge` of the source in config/hub.yaml.',
  },
  FLOW_PAUSED: {
    meaning: 'A flow does not run by itself, because a person has paused it.',
    hint: 'Until `skolnav resume` its target keeps what it has, also of persons who are protected by now. `skolnav sync --flow <flow>` runs it once.',
  },
  DEADLINE_AT_RISK: {
    meaning:
      'A scheduled run will not be done by its deadline if it takes as long as it usually does.',
    hint: '`skolnav findings` and `skolnav runs` show what it waits for; tell those who need it by then.',
  },
  DEADLINE_MISSED: {
    meaning: 'A scheduled run was not done by its deadline.',
    hint: '`skolnav findings` and `skolnav runs` show what it waits for. It is over with the next good run.',
  },
  SOURCE_SHRUNK: {
    meaning: 'A source delivered far fewer records than the last good run.',
    hint: `Nothing was changed. Ask the sender whether the export is whole. If it is, ${APPROVE}; if not, have it sent again. Then \`skolnav sync\`.`,
  },
  SOURCE_STALE: {
    meaning: 'A source sent something older than what was read before, or older than its maxAge.',
    hint: 'Nothing was changed. Ask the sender for the newest export, under a new name, then `skolnav sync`.',
  },
  FILE_DRIFT: {
    meaning:
      'A file has new columns, another order, spoilt letters, or a column that is empty, gone or the same for all of a sudden, or a second sheet; all that is known was read.',
    hint: 'All that is known was read. Ask the sender what has changed; add the column to the layout if it is wanted, under its new name where it has one.',
  },
  SOURCE_EMPTY: {
    meaning: 'A source delivered nothing at all of what it had before, and called that complete.',
    hint: `Nothing was changed. Ask the sender for a whole export, then \`skolnav sync\`. Only if all of it is to go, ${APPROVE}.`,
  },
  SOURCE_UNREAD: {
    meaning:
      'What a source said is kept, and no mapping of its module reads such records any more: the module is bound to another connector, or a mapping has gone.',
    hint: `Nothing was changed. If the binding was changed on purpose, what it said before is to go: ${APPROVE}. If not, put the binding or the mapping back. Then \`skolnav sync\`.`,
  },
  SOURCE_REPLACED: {
    meaning: 'A source delivered as many records as before, but many of them are others.',
    hint: `Nothing was changed. Ask the sender whether ids have changed or the file is another city’s. If the exchange is real, ${APPROVE}; if not, have the right file sent. Then \`skolnav sync\`.`,
  },
  SOURCE_CUT: {
    meaning:
      'What a whole set lacks stood side by side in the set before: its end, or a block inside it. A file is cut like that; persons do not leave by line number.',
    hint: 'Nothing was changed. Ask the sender for a whole export, then `skolnav sync`. If it is so (a class or a school that ended), `skolnav hold list`, `skolnav hold approve <id> --reason "..."`.',
  },
  SOURCE_UNIT_SHRUNK: {
    meaning: 'Much of what belongs to a school unit is missing from a source, or the unit itself.',
    hint: 'That unit stays as it was; all else was taken in. Ask the school or the sender whether its list was cut short. If not, `skolnav hold list` and `skolnav hold approve <id> --reason "..."`, with `--unit` for one unit alone; if so, have it sent again. Then `skolnav sync`.',
  },
  RUN_INTERRUPTED: {
    meaning: 'The process ended in the middle of a run.',
    hint: 'Nothing is lost: `skolnav sync` goes on where it was. If nobody stopped it, look in the log and at the memory of the machine.',
  },
  DEFECT: {
    meaning: 'The hub itself has a fault here; the other flows go on without this one.',
    hint: 'Run `skolnav check`: a file of the workspace may say what nobody foresaw. If it finds nothing, report the place in the log; `skolnav sync` tries it again.',
  },
  CONFIG_INVALID: {
    meaning: 'A configuration, flow or mapping file has faults.',
    hint: 'Run `skolnav check`: it lists every fault with file, line and column.',
  },
  TARGET_RESTORED: {
    meaning:
      'A target looks restored: what it had confirmed was not there when it was to be changed.',
    hint: 'What a run has met is there again. Ask the owner of the target whether it was restored from a backup; `skolnav drift <flow>` shows what else differs, and with `--repair` the next `skolnav sync` puts it right.',
  },
  TARGET_MOVED: {
    meaning:
      'The binding leads to another address than the one at which the target confirmed what is known of it.',
    hint: 'Nothing to do if that is meant: the next `skolnav sync` first asks the target what it holds and makes what is missing. `skolnav sync --dry-run` asks it beforehand, and shows that plan. If it is not meant, mend the binding in config/hub.yaml.',
  },
  SECRET_MISSING: {
    meaning: 'A secret that the configuration refers to is not set.',
    hint: 'Set the environment variable, or write the file, that the reference in config/hub.yaml names; then run it again.',
  },
  DOORBELL_UNUSABLE: {
    meaning: 'The doorbell cannot listen on its address.',
    hint: 'Another program has the port, or the host is not of this machine: see `doorbell` in config/hub.yaml.',
  },
  DASHBOARD_UNUSABLE: {
    meaning: 'The dashboard cannot listen on its address.',
    hint: 'Another program has the port, or the host is not of this machine: see `dashboard` in config/hub.yaml.',
  },
  PROVIDER_UNUSABLE: {
    meaning: 'The OpenID provider at which persons sign in does not answer, or not as it should.',
    hint: 'Try again in a while. If it lasts, look at the provider and at `dashboard.openId` in config/hub.yaml: issuer, hosts, client and secret.',
  },
  SIGN_IN_REFUSED: {
    meaning: 'What came back from the OpenID provider is not the sign-in that this browser began.',
    hint: 'Begin again from the page to sign in. If it lasts, compare client, secret, address and clock of this machine with what the provider has.',
  },
  SIGN_IN_NO_RIGHTS: {
    meaning:
      'The person is known to the OpenID provider, and none of their groups has rights here.',
    hint: 'Put the person into a group that `dashboard.openId.rights` in config/hub.yaml names, and see that the provider tells the groups in `groupsClaim`.',
  },
  SIGN_IN_NAME: {
    meaning:
      'The name that the OpenID provider gives a person cannot be theirs in the audit trail.',
    hint: 'If an account of that name is theirs, take it away with `skolnav account remove`. Else choose another claim as `nameClaim`: one with letters from a to z, digits and . _ @ - alone.',
  },
  RIGHT_MISSING: {
    meaning: 'The person may not do that on the dashboard, or not with this flow.',
    hint: 'Whoever looks after accounts can give the right: on the page Settings, with `skolnav account rights`, or with a group at the OpenID provider.',
  },
  SERVED_UNUSABLE: {
    meaning: 'The clients of served modules cannot be answered on their address.',
    hint: 'Another program has the port, or the host is not of this machine: see `served` in config/hub.yaml.',
  },
  STORE_UNUSABLE: {
    meaning: "The hub's own database cannot be opened or written.",
    hint: 'Nothing was changed. Check space and permissions of the file named; if it is damaged, restore a backup as docs/operating.md says.',
  },
  FILE_UNUSABLE: {
    meaning: 'This machine did not let the hub read or write a file that it works with.',
    hint: "Make room on the disk, or let the hub's user read and write there, as the text says; then run it again: it goes on where it was.",
  },
  STORE_NEWER: {
    meaning:
      'What is stored has been brought up to date by a newer version of Skolnav, or of a schema of the workspace.',
    hint: 'Nothing is lost, and whoever has that version goes on. Install it here too, with the same workspace, and start again.',
  },
  STORE_OUT: {
    meaning: 'The store of the cluster cannot be reached, or has no member that takes writes.',
    hint: 'Nothing is half done. It goes on with the next sync; if it lasts, look at the replica set and at `store` in config/hub.yaml.',
  },
  BROKER_OUT: {
    meaning: 'The message broker cannot be reached, or the connection to it broke.',
    hint: 'Nothing is lost: what is open stands in the store. It goes on with the next sync; if it lasts, look at the broker and at `broker` in config/hub.yaml.',
  },
  LEASE_LOST: {
    meaning: 'This process was silent for so long that another one has taken over its work.',
    hint: 'Nothing is lost: the other one goes on where this one was. If it comes again, look at the load of the machine and at the connection to the store.',
  },
  BUSY: {
    meaning: 'Another process already does this for the same workspace.',
    hint: 'Wait until the other one has ended (`skolnav runs` shows it), or stop it, and run this again.',
  },
} as const;
