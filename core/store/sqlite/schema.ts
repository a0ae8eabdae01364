/** The database's versions, one after the other; a released one is never changed. */
export const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE value (name TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;

-- What sources say. The rowid is a part's place in the bitmap of what a run has seen.
CREATE TABLE part (
  number INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, source TEXT NOT NULL,
  stream TEXT NOT NULL, part TEXT NOT NULL, external_id TEXT NOT NULL, file TEXT NOT NULL,
  line INTEGER NOT NULL, hash TEXT NOT NULL, content TEXT NOT NULL,
  missed INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX part_key ON part (kind, id, source, stream, part);
CREATE INDEX part_stream ON part (source, stream);

-- What open runs would change; content is null for a removal. Appended, and indexed at the seal.
CREATE TABLE stage (
  number INTEGER PRIMARY KEY, run TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
  source TEXT NOT NULL, stream TEXT NOT NULL, part TEXT NOT NULL, external_id TEXT NOT NULL,
  file TEXT NOT NULL, line INTEGER NOT NULL, hash TEXT NOT NULL, content TEXT
);
CREATE TABLE intake (
  run TEXT PRIMARY KEY, source TEXT NOT NULL, sealed INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE checkpoint (
  source TEXT NOT NULL, stream TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (source, stream)
) WITHOUT ROWID;

CREATE TABLE entity (
  kind TEXT NOT NULL, id TEXT NOT NULL, hash TEXT NOT NULL, content TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE TABLE reference (
  from_kind TEXT NOT NULL, from_id TEXT NOT NULL, to_kind TEXT NOT NULL, to_id TEXT NOT NULL,
  PRIMARY KEY (from_kind, from_id, to_kind, to_id)
) WITHOUT ROWID;

-- Targets and kinds by number: they stand in millions of rows.
CREATE TABLE name (number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE ledger (
  target INTEGER NOT NULL, object_kind INTEGER NOT NULL, origin_kind INTEGER NOT NULL,
  origin_id TEXT NOT NULL, key TEXT NOT NULL, hash TEXT NOT NULL, object TEXT NOT NULL,
  remote_id TEXT, run TEXT NOT NULL, confirmed_at INTEGER NOT NULL,
  PRIMARY KEY (target, object_kind, origin_kind, origin_id, key)
) WITHOUT ROWID;
CREATE UNIQUE INDEX ledger_key ON ledger (target, object_kind, key);

CREATE TABLE message (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, target TEXT NOT NULL,
  object_kind TEXT NOT NULL, origin_kind TEXT NOT NULL, origin_id TEXT NOT NULL, key TEXT NOT NULL,
  action TEXT, rank INTEGER NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL,
  not_before INTEGER NOT NULL, code TEXT, trouble TEXT, run TEXT NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
);
CREATE INDEX message_turn ON message (target, state, rank);

CREATE TABLE run (id TEXT PRIMARY KEY, started_at INTEGER NOT NULL, type TEXT NOT NULL,
  subject TEXT NOT NULL, outcome TEXT NOT NULL, json TEXT NOT NULL);
CREATE INDEX run_started ON run (started_at);
CREATE TABLE hold (id TEXT PRIMARY KEY, subject TEXT NOT NULL, state TEXT NOT NULL,
  created_at INTEGER NOT NULL, json TEXT NOT NULL);
CREATE TABLE audit (number INTEGER PRIMARY KEY, json TEXT NOT NULL);
CREATE TABLE lease (
  name TEXT PRIMARY KEY, owner TEXT NOT NULL, until INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE ticket (
  number INTEGER PRIMARY KEY, target TEXT NOT NULL, message_id TEXT NOT NULL,
  visible_at INTEGER NOT NULL, UNIQUE (target, message_id)
);
CREATE INDEX ticket_turn ON ticket (target, visible_at)
`,
  // Who works on a ticket: when that process has ended, the ticket is free again.
  'ALTER TABLE ticket ADD COLUMN claimed_by TEXT',
  // The organisation that an object belongs to, by name: guards judge each by itself.
  'ALTER TABLE ledger ADD COLUMN unit INTEGER',
  `
-- What has changed, in order; kind '' stands for everything. \`what\` 1: only who refers to it.
CREATE TABLE change (
  number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL,
  what INTEGER NOT NULL
);
CREATE TABLE horizon (
  target INTEGER NOT NULL, until TEXT NOT NULL, kind INTEGER NOT NULL, id TEXT NOT NULL,
  PRIMARY KEY (target, until, kind, id)
) WITHOUT ROWID;
-- Whether the schema calls it protected; what was stored before is marked when the hub opens.
ALTER TABLE entity ADD COLUMN shielded INTEGER NOT NULL DEFAULT 0;
CREATE INDEX entity_shielded ON entity (kind, id) WHERE shielded = 1
`,
  // The day on which an object was shut, to be deleted after a grace.
  'ALTER TABLE ledger ADD COLUMN leaving_since TEXT',
  // Keyed hashes of what an entity is found by, packed: few bytes, in the order in which intakes
  // write. A look-up reads them all, 40 to 70 ms for each spelling with 363,500 persons; one row
  // and one index entry per hash would take four times the space and the time to write.
  `CREATE TABLE lookup (
    kind TEXT NOT NULL, id TEXT NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY (kind, id)
  ) WITHOUT ROWID`,
  // What the target said when it confirmed an object.
  'ALTER TABLE ledger ADD COLUMN remark TEXT',
  // The stage is a file of its own. What an older version had sealed is read again.
  `DELETE FROM checkpoint WHERE source IN (SELECT source FROM intake WHERE sealed = 1);
   DELETE FROM intake; DROP TABLE stage; ALTER TABLE intake ADD COLUMN checkpoints TEXT`,
  // What is in trouble, in groups: few rows, and lists of them must be quick.
  `CREATE INDEX message_trouble ON message (target, type, state, code, object_kind)
   WHERE state IN ('failed', 'blocked', 'retrying')`,
  // Whether the target was told of the object, and has not answered.
  'ALTER TABLE message ADD COLUMN in_doubt INTEGER NOT NULL DEFAULT 0',
  // Records that could not be taken in, under the ids of their messages.
  `CREATE TABLE quarantine (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, stream TEXT NOT NULL,
    value TEXT NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL
  );
  ALTER TABLE intake ADD COLUMN settled TEXT`,
  // The target's ids that an object's references were sent with.
  'ALTER TABLE ledger ADD COLUMN sent_references TEXT',
  // By whose word an entity is protected.
  `CREATE TABLE protection (
    kind TEXT NOT NULL, id TEXT NOT NULL, source TEXT NOT NULL, marks TEXT NOT NULL,
    PRIMARY KEY (kind, id, source)
  ) WITHOUT ROWID`,
  // By what an entity that is gone would be known again: keyed hashes.
  `CREATE TABLE former (
    kind TEXT NOT NULL, id TEXT NOT NULL, traits TEXT NOT NULL, gone_at INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
  ) WITHOUT ROWID`,
  // What several entities have that only one may: the first of a place keeps it.
  `CREATE TABLE doubled (
    kind TEXT NOT NULL, label TEXT NOT NULL, number INTEGER NOT NULL, place INTEGER NOT NULL,
    id TEXT NOT NULL, PRIMARY KEY (kind, label, number, place)
  ) WITHOUT ROWID`,
  // Who was protected or dead when the last source ceased to speak of them: few, and only ids.
  `CREATE TABLE gone_at_once (
    kind TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (kind, id)
  ) WITHOUT ROWID`,
  // Who is missing, and stays for now: few rows, and every intake asks whether there are any.
  'CREATE INDEX part_missed ON part (source) WHERE missed > 0',
  // Tickets live in memory: a run publishes again what is open.
  'DROP TABLE ticket',
  // Who waits for whom: asked of one message, whatever the length of the list.
  `CREATE INDEX message_waits ON message (json_extract(trouble, '$.waitsFor'))
   WHERE state = 'blocked'`,
  // The words of the trade: a problem, a recheck, an object that is suspended before it is deleted.
  `ALTER TABLE message RENAME COLUMN trouble TO problem;
  ALTER TABLE ledger RENAME COLUMN leaving_since TO suspended_since;
  ALTER TABLE horizon RENAME TO recheck;
  UPDATE message SET action = 'suspend' WHERE action = 'deactivate';
  UPDATE run SET json = json_set(json_remove(json, '$.trouble', '$.counts.healed'),
    '$.problem', json(coalesce(json_extract(json, '$.trouble'), 'null')),
    '$.counts.resolved', coalesce(json_extract(json, '$.counts.healed'), 0))`,
  // How messages ended that had a problem: to tell what became of them, and to undo a discard.
  `CREATE TABLE ending (id TEXT PRIMARY KEY, at INTEGER NOT NULL, json TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX ending_at ON ending (at)`,
  // Since when a group is there, and when it was last met: each one look at an index's end.
  `CREATE INDEX message_first ON message (target, type, state, code, object_kind, created_at)
   WHERE state IN ('failed', 'blocked', 'retrying');
  CREATE INDEX message_last ON message (target, type, state, code, object_kind, updated_at)
   WHERE state IN ('failed', 'blocked', 'retrying')`,
  // Each entry of the audit trail is chained to the one before it; see audit-chain.ts.
  `ALTER TABLE audit ADD COLUMN previous TEXT NOT NULL DEFAULT '';
  ALTER TABLE audit ADD COLUMN digest TEXT NOT NULL DEFAULT ''`,
  // A lease is had in terms, of which only the newest may write; and who works here says so.
  `ALTER TABLE lease ADD COLUMN term INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE worker (owner TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID`,
  // What systems send by themselves; content is null once it is taken in.
  `CREATE TABLE inbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, delivery TEXT NOT NULL,
    place INTEGER NOT NULL, digest TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL,
    content TEXT, kept_at INTEGER NOT NULL, UNIQUE (source, delivery, place)
  );
  CREATE INDEX inbox_key ON inbox (source, key, at);
  CREATE INDEX inbox_waiting ON inbox (source, number) WHERE content IS NOT NULL`,
  // What persons have set in the place of mappings: few rows.
  `CREATE TABLE override (
    id TEXT PRIMARY KEY, target TEXT NOT NULL, begun_at INTEGER NOT NULL, ended_at INTEGER,
    version INTEGER NOT NULL, json TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX override_open ON override (target) WHERE ended_at IS NULL`,
  // When objects of served targets came, changed and went: a client asks for what is new.
  `CREATE TABLE served (
    target INTEGER NOT NULL, object_kind INTEGER NOT NULL, key TEXT NOT NULL,
    created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL, is_gone INTEGER NOT NULL,
    PRIMARY KEY (target, object_kind, key)
  ) WITHOUT ROWID;
  CREATE INDEX served_change ON served (target, object_kind, is_gone, changed_at, key)`,
  // Whom failures concern: school unit by school unit, and by whom they tell of.
  `ALTER TABLE message ADD COLUMN unit TEXT;
  CREATE INDEX message_unit ON message
   (target, type, state, code, object_kind, unit, origin_kind, action)
   WHERE state IN ('failed', 'blocked', 'retrying');
  CREATE INDEX message_origin ON message (origin_id)
   WHERE state IN ('failed', 'blocked', 'retrying')`,
  // Whether not all of a record could be read: what is left of it says whose it is.
  'ALTER TABLE quarantine ADD COLUMN unread INTEGER NOT NULL DEFAULT 0',
  // Pages and findings ask for the newest runs of each source and flow.
  'CREATE INDEX run_subject ON run (subject, started_at, id)',
  // By what the record that made a part is known again; see core/intake/known.
  'ALTER TABLE part ADD COLUMN print BLOB',
  // Which fields of an entity are otherwise, as a list; null where any may be.
  'ALTER TABLE change ADD COLUMN fields TEXT',
  // By what the messages of a group are sorted and filtered: one look through an index.
  `ALTER TABLE message ADD COLUMN place_file TEXT NOT NULL DEFAULT '';
  ALTER TABLE message ADD COLUMN place_field TEXT NOT NULL DEFAULT '';
  ALTER TABLE message ADD COLUMN place_line INTEGER NOT NULL DEFAULT 0;
  UPDATE message SET place_file = coalesce(json_extract(problem, '$.place.file'), ''),
    place_field = coalesce(json_extract(problem, '$.place.field'), ''),
    place_line = coalesce(json_extract(problem, '$.place.line'), 0);
  CREATE INDEX message_part ON message (target, type, state, code, object_kind, run, place_file,
    place_field, place_line, unit, origin_kind, action, updated_at)
   WHERE state IN ('failed', 'blocked', 'retrying')`,
  // Places first: they tell more apart than runs, and a list by them stands in that order.
  `DROP INDEX message_part;
  CREATE INDEX message_part ON message (target, type, state, code, object_kind, place_file,
    place_field, run, place_line, unit, origin_kind, action, updated_at)
   WHERE state IN ('failed', 'blocked', 'retrying')`,
  // Whose mappings were to read a record; '' where that was not kept.
  "ALTER TABLE quarantine ADD COLUMN connector TEXT NOT NULL DEFAULT ''",
];
