/** What the connectors that come with the hub say of their own systems. */
export const SENTENCES_SYSTEMS = {
  nameHeld: 'the {kind} {id} of the service has the {attribute} of {key}, and no externalId',
  nameHeldElse:
    'the {kind} {id} of the service has the {attribute} of {key}, and the externalId of something else',
  nameHeldHint:
    'A name does not tell whose it is. Look at both: if they are the same, `skolnav adopt <flow> --choose <our key>=<its id>`; if not, have one of the two named otherwise at its source, or give unique names in the mapping. Then `skolnav sync`.',
  sameThere: '{count} {kind} of the service have the same {attribute}',
  notSoLookedUp: '{what} by {attribute}: the target answers {status}.',
  notSoLookedUpHint:
    'This service does not look objects up that way. Say in the options of the binding by which attribute it does: `lookup: userName`; or `lookup: list`, by which its whole list is read and compared here. Then `skolnav sync`.',
  noIdOfSome: 'the service has told no id of something that `{field}` refers to',
  connectorHasNo: 'the {connector} connector has no {kind}',

  worksStill: '{system} works on it still',
  takesNothing: '{system} takes nothing for now',
  saysNothing: '{system} said nothing about this object',
  refusesThis: '{system} refuses this {kind}: {why}',
  notAllOfThis: '{system} did not take all of this {kind}: {why}',
  lacksReferred: '{system} lacks something that this {kind} refers to',
  nodeStays: 'a hierarchy node is not deleted: everything below it would go too',
  nodeStaysHint: 'Remove it in itslearning by hand, or set removeSchools for this run.',

  noAccountYet: 'there is no account of this name yet',
  noAccountYetHint:
    'Accounts are made by the identity portal. As soon as there is one of this name it is found by itself; if there never is, look for the person there.',
  leavesYet: 'who was an owner is shown as a member yet, and is none in a moment',
  leavesYetHint:
    'Nothing is to be done: it is told again in a while, when the service has let the person go.',
  noGroupYet: 'the group or the account is not there',
  noGroupYetHint:
    'What was just made is not seen everywhere at once. It is tried again by itself; if it stays, see whether the group and the account are still there.',
  noTeamYet: 'Teams does not know the class yet',
  noOwnerYet: 'the class or the owner of teams is not there',
  noTeamYetHint:
    'Teams hears of a new class after up to a quarter of an hour, and of its teachers too. It is tried again by itself.',
  teamBegun: 'Teams has begun with the team, and has not ended yet',
  teamGivenUp: 'Teams has given the team up',
  teamGivenUpHint:
    'A team needs an owner: has the class a teacher with an account? Then `skolnav sync`.',
  studentsTeachers: 'a class knows students and teachers alone',
  lookUpNoList: 'a look-up is answered without a list.',
  notAllSpoken: 'POST /$batch: the answer does not speak of all that was asked.',

  reportMisfit: 'The report of an import does not fit the document that was handed over.',
  targetLacksReferred: 'the target lacks something that this {kind} refers to: {why}',
  targetRefusesThis: 'the target refuses this {kind}: {why}',
  documentLeft: 'The service has left a document alone, as if there were nothing new in it.',
  documentRefused: 'The service refuses a document as a whole.',
  documentLate: 'The service has not taken a document in within {seconds} s.',
  keyIsNot: 'the key of a {kind} is not {key}',
  keyIsNotHint: 'Make the `key` of its mappings of these fields, with | between them.',
  courseRefusedHint:
    'What has come of it stays. See in itslearning whether the course uses its assessment record (settings of the course); it is asked again the next time.',
} as const;
