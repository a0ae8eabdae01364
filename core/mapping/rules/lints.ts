/** Lint codes of mappings, each with what it means. */
const MAPPING_LINTS = {
  MAPPING_FROM_UNKNOWN: '`from` names no canonical schema or stream.',
  MAPPING_TO_UNKNOWN: '`to` names no canonical schema or object kind.',
  MAPPING_VERSION: 'The canonical schema has another version now.',
  MAPPING_KEY_MISSING: 'An outbound mapping needs `key`, an inbound one `entity`.',
  MAPPING_PATH_SYNTAX: 'A path is not written as a path.',
  MAPPING_PATH_UNKNOWN: 'A path leads to a field that the source schema does not have.',
  MAPPING_FIELD_UNKNOWN: 'A field that the target schema does not have.',
  MAPPING_FIELD_UNMAPPED: 'A field of the target schema is neither mapped nor omitted.',
  MAPPING_FIELD_REQUIRED: 'A field is omitted that the target schema requires.',
  MAPPING_RULE: 'A rule has no value, or more than one.',
  MAPPING_EXPRESSION: 'A CEL expression has a fault.',
  MAPPING_TYPE: 'The source value cannot be of the type that the target wants.',
  MAPPING_LENGTH: '`maxLength` is longer than the target takes.',
  MAPPING_TABLE_MISSING: 'A table file is not there.',
  MAPPING_TABLE: 'A table file is not as it should be.',
  MAPPING_CODE: 'A rule gives a value that is none of the codes of its field.',
  MAPPING_TABLE_CODE: 'A table has a row that can never match.',
  MAPPING_PATTERN: 'A regular expression is faulty or could run for ever.',
  MAPPING_LOOKUP_UNKNOWN: 'A lookup names no canonical schema.',
  MAPPING_LOOKUP_CHAINED: 'A lookup reads its id from a name of `let`, or stands in a list.',
  MAPPING_OF_UNKNOWN: '`of` names no module, and no system by whose ids a mapping makes anything.',
  MAPPING_NAME_TAKEN: 'A name of `let` or `as` is a field or another name already.',
  MAPPING_AS_MISSING: '`each` and `list` with items need `as`.',
  MAPPING_TEST: 'A test in the file is not as it should be.',
} as const;

export type MappingLintCode = keyof typeof MAPPING_LINTS;
