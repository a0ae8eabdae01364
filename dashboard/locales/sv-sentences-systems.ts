import type { Sentences } from '../../core/control/control-bus.ts';

/** What the connectors that come with the hub say of their own systems, in Swedish. */
export const SENTENCES_SYSTEMS = {
  nameHeld: '{kind} {id} i tjänsten har samma {attribute} som {key}, och inget externalId',
  nameHeldElse:
    '{kind} {id} i tjänsten har samma {attribute} som {key}, och ett externalId som hör till något annat',
  nameHeldHint:
    'Ett namn säger inte vems det är. Se på båda: är de samma, `skolnav adopt <flow> --choose <our key>=<its id>`; annars låt en av dem få ett annat namn vid källan, eller ge unika namn i mappningen. Sedan `skolnav sync`.',
  sameThere: '{count} {kind} i tjänsten har samma {attribute}',
  notSoLookedUp: '{what} med {attribute}: målet svarar {status}.',
  notSoLookedUpHint:
    'Tjänsten slår inte upp objekt så. Skriv bland bindningens alternativ vilket attribut den slår upp med: `lookup: userName`; eller `lookup: list`, då hela listan läses och jämförs här. Sedan `skolnav sync`.',
  noIdOfSome: 'tjänsten har inte uppgett något id för något som `{field}` hänvisar till',
  connectorHasNo: 'anslutningen {connector} har inget {kind}',

  worksStill: '{system} arbetar fortfarande med det',
  takesNothing: '{system} tar inte emot något just nu',
  saysNothing: '{system} sade ingenting om det här objektet',
  refusesThis: '{system} godtar inte {kind}: {why}',
  notAllOfThis: '{system} tog inte emot allt i {kind}: {why}',
  lacksReferred: '{system} saknar något som {kind} hänvisar till',
  nodeStays: 'en nod i hierarkin tas inte bort: allt under den skulle också försvinna',
  nodeStaysHint:
    'Ta bort den för hand i itslearning, eller sätt removeSchools för den här körningen.',

  noAccountYet: 'det finns ännu inget konto med det namnet',
  noAccountYetHint:
    'Konton skapas av identitetsportalen. Så snart det finns ett med det namnet hittas det av sig självt; kommer det aldrig, leta efter personen där.',
  leavesYet: 'den som var ägare visas ännu som medlem, och är snart ingen',
  leavesYetHint:
    'Ingenting behöver göras: det skickas igen om en stund, när tjänsten har släppt personen.',
  noGroupYet: 'gruppen eller kontot finns inte där',
  noGroupYetHint:
    'Det som nyss har skapats syns inte överallt på en gång. Det försöks igen av sig självt; står det kvar, se efter om gruppen och kontot fortfarande finns.',
  noTeamYet: 'Teams känner ännu inte till klassen',
  noOwnerYet: 'klassen eller den som ska äga teamet finns inte där',
  noTeamYetHint:
    'Teams får veta om en ny klass efter upp till en kvart, och om dess lärare också. Det försöks igen av sig självt.',
  teamBegun: 'Teams har börjat med teamet och är inte klart ännu',
  teamGivenUp: 'Teams har gett upp teamet',
  teamGivenUpHint:
    'Ett team behöver en ägare: har klassen en lärare med konto? Sedan `skolnav sync`.',
  studentsTeachers: 'en klass har bara elever och lärare',
  lookUpNoList: 'en uppslagning besvaras utan lista.',
  notAllSpoken: 'POST /$batch: svaret tar inte upp allt som frågades.',

  reportMisfit: 'Rapporten om en import passar inte till dokumentet som lämnades.',
  targetLacksReferred: 'målet saknar något som {kind} hänvisar till: {why}',
  targetRefusesThis: 'målet godtar inte {kind}: {why}',
  documentLeft: 'Tjänsten lät ett dokument ligga, som om inget nytt stod i det.',
  documentRefused: 'Tjänsten godtar inte ett dokument i sin helhet.',
  documentLate: 'Tjänsten har inte tagit in ett dokument inom {seconds} s.',
  keyIsNot: 'nyckeln till {kind} är inte {key}',
  keyIsNotHint: 'Gör `key` i mappningarna av de här fälten, med | emellan.',
  courseRefusedHint:
    'Det som har kommit från kursen ligger kvar. Se efter i itslearning om kursen använder sin bedömningsöversikt (kursens inställningar); den tillfrågas igen nästa gång.',
} as const satisfies Partial<Sentences>;
