import type { Sentences } from '../../core/control/control-bus.ts';
import { SENTENCES_CONFIG } from './sv-sentences-config.ts';
import { SENTENCES_FILES } from './sv-sentences-files.ts';
import { SENTENCES_OUTSIDE } from './sv-sentences-outside.ts';
import { SENTENCES_SYSTEMS } from './sv-sentences-systems.ts';

/** What reasons, findings and remarks say, in Swedish; the core has them in English. */
export const SENTENCES: Sentences = {
  someAndMore: '{named} och {more} till',
  ofModule: '{module}: {what}',
  ofFile: '{file}: {what}',
  withMore: '{first}; och {more} till: skolnav hold list',
  refusedBefore: '{what}; avvisat av {who}',
  refusedHint:
    'Inget har ändrats. Be avsändaren om en ny export, sedan `skolnav sync`. Om det ändå är rätt: `skolnav hold approve {hold} --reason "..."`.',

  createOver:
    '{about}: planen skulle skapa {count} av slaget {kind} utöver {held} ({share%}); {limit} tillåter {allowed%}',
  updateOver:
    '{about}: planen skulle ändra {count} av {held} av slaget {kind} ({share%}); {limit} tillåter {allowed%}',
  deleteOver:
    '{about}: planen skulle ta bort {count} av {held} av slaget {kind} ({share%}); {limit} tillåter {allowed%}',
  replaceOver:
    '{about}: planen skulle byta ut {count} av {held} av slaget {kind} ({share%}), {count} ut och {count} in; {limit} tillåter {allowed%}',
  createUnusual:
    '{about}: planen skulle skapa {count} av slaget {kind}; den här veckodagen brukar {usual} skapas',
  updateUnusual:
    '{about}: planen skulle ändra {count} av slaget {kind}; den här veckodagen brukar {usual} ändras',
  deleteUnusual:
    '{about}: planen skulle ta bort {count} av slaget {kind}; den här veckodagen brukar {usual} tas bort',
  replaceUnusual:
    '{about}: planen skulle byta ut {count} av slaget {kind}; den här veckodagen brukar {usual} bytas ut',
  lostThere:
    '{target}: vid {count} objekt har det visat sig, sedan {since}, att något som det hade bekräftat inte fanns kvar',
  lostThereHint:
    'Om det har återställts från en säkerhetskopia: `skolnav drift {flow}`, sedan `skolnav drift {flow} --repair`, sedan `skolnav sync`. Om någon bara har tagit bort några där visar `skolnav drift {flow}` att inget annat skiljer sig.',
  targetMoved: '{target} är bundet till en annan adress än tidigare, och har inte tillfrågats där',
  targetWaits: '{target} väntar på ett beslut sedan {since}',
  attemptsWait: '{count} väntar på nästa försök: {why}',
  notSent: '{target}: {count} har inte skickats',

  hostKey: '{address} visar värdnyckeln {key}.',
  loginRefused: '{address} nekar inloggningen.',
  answersStatus: '{what}: målet svarar {status}.',

  tooLittle: '{module} lämnade för lite: {lacks} (maxDelete tillåter {allowed%})',
  streamEmpty: '{stream}: ingenting där den senaste lyckade körningen lämnade {kept}',
  streamUnread: '{stream}: inget läser den längre, och {kept} ligger kvar från den',
  streamShrunk: '{stream}: {read} där den senaste lyckade körningen lämnade {kept}',
  streamReplaced:
    '{stream}: {read} där den senaste lyckade körningen lämnade {kept}, men {gone} av dem finns inte bland dem',
  unitLacks: '{module}, {unit}: det saknas {lacks,} (perUnit.maxDelete tillåter {allowed%})',
  someOf: '{count} av {all} {what}',
  cutTail: 'de sista {count} av {stream} saknas ({from} till {to} i den förra)',
  cutBlock: '{count} av {stream} saknas som stod i följd ({from} till {to} i den förra)',
  leaversUnsure: '{count} av {stream} saknas och blir kvar, för {where} kan vara en av dem',
  tooOld:
    '{module}: det som skickades gjordes för {hours} timmar sedan, längre sedan än de {most} timmar som maxAge anger',
  olderThanRead: '{file} är från {date}, före {read} som redan är läst: inget nyare finns där',
  fileMissing: '{file} finns inte',
  fileMisdated: '{file} finns inte; det gör {other}, men {why}',
  sameDay: 'den är från samma dag som {read}, som redan är läst',
  earlierDay: 'dess dag, {date}, är före {read}, som redan är läst',
  sameNumber: 'den har samma nummer som {read}, som redan är läst',
  lowerNumber: 'dess nummer, {number}, är lägre än det på {read}, som redan är läst',
  changedSince: 'den ändrades efter att det varit dess tur: {read} lästes efter den',
  numbersMissing: 'ingen fil kom med numret {numbers}, och de som följer är lästa',
  unmarked: 'dess markeringsfil finns inte',
  dateIsNone: 'det som står på datumets plats i dess namn är inget datum',
  dayToCome: 'dess dag, {date}, har inte kommit än',
  newColumns: '{columns,} är nytt och läses inte',
  otherOrder: 'kolumnerna står i en annan ordning',
  spoiltLetters: 'har bokstäver som avsändaren har förstört (Ã¤ i stället för ä)',
  columnsLost: '{file}: har inte längre kolumnen {names,}, där filen före hade värden',
  columnsAlike: '{file}: alla poster har samma {names,}, där posterna i filen före skilde sig åt',
  columnsGone: '{file}: ingen post har längre {names,}, som de flesta i filen före hade',
  cameTwice: '{module}: {count} av {stream} kom två gånger, och inte lika: {where}',
  unused:
    '{module}: av {records} poster i {stream} blev {leftOut} ingenting, och {mapping} gör inget av någon av dem',
  unusedWhen:
    '{module}: av {records} poster i {stream} blev {leftOut} ingenting, och {mapping} gör inget av någon av dem: {why}',

  heardWaiting: '{module}: det som väntar där kallar {count} skyddade: de är det från och med nu',
  unheard: '{file}, rad {line}: där står ett ord om skydd, och ingen vet vems',
  manyProtected: '{where}: {count} av {named} personer kallas skyddade för första gången',
  releaseProtected: 'det som källan säger nu märker inte längre personen som skyddad',
  releaseHint:
    'Fråga skolan per telefon om det stämmer. Godkänn beslutet för att häva skyddet av personen.',
  identityChanged: 'ett känt id kommer med ett annat nummer, födelsedatum och namn',
  identityChangedAt: '{place}: ett känt id kommer med ett annat nummer, födelsedatum och namn',
  identityTaken: 'ett känt id kommer med numret och kontot för en annan som finns där',
  identityTakenAt: '{place}: ett känt id kommer med numret och kontot för en annan som finns där',
  identityHint:
    'Fråga avsändaren. `skolnav hold approve <id> --reason "..."`: det är samma person. `skolnav hold reject <id> --reason "..."`: det är en annan, som får ett eget id; den som fanns där slutar.',
  stillShown: '{target} visar fortfarande {kind} {id} i {where,}',
  notYetTaken: 'skyddade och ännu inte borta ur {target}: {count}, den första sedan {since}',
  notYetTakenEver: 'skyddade och ännu inte borta ur {target}: {count}',

  conditionNotMet: '{place} where: {condition}',
  notNamed: '{file} nämner inte {kind}',
  spokenOfNoMore: '{file} väljer {kind}, men ingen källa talar längre om den här',
  otherSchools:
    '{file} har schools: {schools}, och skolenheten för den här ({kind}) är ingen av dem',
  givesNothing: '{place} ger ingenting för den här ({kind})',
  wasSetAside: 'avvisad, inget av den tas in: {code} {text}',
  wasSetAsideAt: 'avvisad, inget av den tas in: {code} {text} ({place})',
  toldUnshown: 'vad {module} får veta visas inte',
  nothingTold: '{module} får inte veta något',

  openFindings: '{open} att se till: skolnav findings',
  mailResolved: '{ended} har löst sig, {open} att se till',
  resolved: 'Det här har löst sig:',
  nothingToSee: 'Inget att se till.',
  dayQuiet: 'dygnet, inget att se till',
  dayToSee: 'dygnet, {open} att se till',
  dayUntil: 'Dygnet fram till {until}',
  dayRested: '{what}: ingen körning',
  dayRuns: '{what}: {done} av {runs} körningar gick bra; {counts}',
  overridesEnd: '{count} upphör inom en vecka: skolnav override list',

  messageFailed: '1 meddelande har misslyckats.',
  messagesFailed: '{count} meddelanden har misslyckats.',
  overridesWait: '{count} i {target}.',
  sourceSilent: '{module} har inte lämnat något nytt på {hours} timmar',
  flowPaused: '{flow} är pausat av {who} sedan {since}',
  brokerOut:
    'borta sedan {since} ({why}). Källor läses och hela uppsättningar läggs på plats; {count} meddelanden väntar i lagret och fortsätter av sig själva när den är tillbaka',
  deadlineMissed: '{flow} skulle ha varit klar {due}',
  deadlineAtRisk: '{flow} tar {usual} minuter och måste vara klar {due}',

  anotherSync: 'en annan synkronisering pågår i arbetsytan',
  anotherDelivers: 'en annan process levererar till {target}',
  anotherLooks: 'någon annan går just nu igenom det som målet för {flow} har',
  atField: '{field}: {what}',
  noSuchObject: 'inget objekt av slaget {kind} ska ha den nyckeln',
  manyOpen: '{open} undantag är öppna, och högst {most} får vara det',
  countsAlready: 'det gäller redan',
  wantedAlready: '{who} har redan velat det, och en annan person måste också',
  nothingChanged: 'ingenting skulle ändras',
  dayBetween: 'måste vara en dag från {from} till {until}',
  isMissing: 'saknas',
  notFilled: 'fylls inte av mappningen',
  isLocked: 'är låst ({lock})',
  needsContents: 'bara den som får se personuppgifter får sätta det',
  mostSigns: 'får ha högst {most} tecken',
  codeSigns: 'en kod och dess värde måste vara 1 till {most} tecken på en rad',

  nothing: '',

  atLine: '{file}, rad {line}: {what}',
  atRow: '{file}, rad {line}: {what}',
  byRule: '{what} (regeln {rule})',
  fieldIs: '{field} {what}',
  noValue: 'har inget värde',
  isNull: 'är null',
  isEmpty: 'är tomt',
  noSuchHere: 'det finns ingen sådan {kind} här',
  noRecordId: 'posten har inget id',
  noId: 'har inget id',
  noDateOf: 'är inget datum av formen {format}',
  noDateWrittenAs: 'är inget datum skrivet som {format}',
  noNumber: 'är inget tal',
  noDecimalsSeen: 'har ett kommatecken, fast dess decimaler är underförstådda',
  shortened: 'har ett tal som kalkylblad förkortar det: dess siffror är förlorade',
  noneOf: 'är inget av {values,}',
  notOne: 'är inte 1 (en person)',
  unknownWord: 'är inget som är känt',
  mustBeOneOf: 'måste vara något av {values}',
  mustMatch: 'måste passa mönstret {pattern}',
  mustBe: 'måste vara {value}',
  mustBeDay: 'måste vara ett datum, ÅÅÅÅ-MM-DD',
  mustBeBirth: 'måste vara en dag som någon kan vara född: från 1900-01-01 till i dag',
  mustBeRealDay: 'måste vara en dag som kan finnas: från år 1000 till år 2899',
  mustBeLastDay: 'måste vara en dag som kan finnas: från år 1000, eller utelämnas om ingen finns',
  mustNotBeBefore: 'får inte vara före {field}',
  unknownKey: 'okänd nyckel "{key}"',
  misfit: 'passar inte sitt mönster {pattern}',
  tooLong: 'har {count} tecken; högst {most} får plats',
  noSuchLetter: 'har en bokstav som inte finns i {encoding}',
  theCode: 'koden',
  thisCode: 'koden "{code}"',
  theTable: 'tabellen',
  noRow: '{what} har ingen rad i {table}',
  noRowOf: '{what} har ingen rad i {table}, där {rows} finns',
  otherWidth: 'raden har {found} fält i stället för {width}',
  valueBeside: 'ett värde står i en kolumn utan namn',
  headerAgain: 'rubrikraden står här en gång till',
  unknownType: 'är av en posttyp som layouten inte har',
  otherLength: 'har {found} tecken i stället för {fewest} till {most}',
  noParent: 'är inte känt: ingen riktig post i "{stream}" står före',
  keyIsTaken: '{target}: något annat har redan nyckeln för den här ({kind}, {origin})',
  itemAt: 'nummer {number}',
  withinIs: '{within,} {what}',
  asSentence: '{what}.',
  withHint: '{what}. {hint}',
  answersElsewhere: '{what}: målet svarar {status}, en hänvisning någon annanstans.',
  answersPage: '{what}: målet svarar {status} med en webbsida.',
  waitsForOther: '{target}: väntar på en {kind} som målet inte har än',

  protectedNamed:
    'namnet på {kind} {id} (enhet {unit}) innehåller namnet på en skyddad person: {where}',
  circle: '{count} av slaget {kind} leder tillbaka till sig själva genom {field}: {where}',
  addedToNobody:
    'ingen källa har lämnat {count} av slaget {kind} som {stream} från {source} lägger till något om: {where}',
  missing: 'ingen källa har lämnat {count} av slaget {kind} som {from} hänvisar till',
  missingAt:
    'ingen källa har lämnat {count} av slaget {kind} som {from} hänvisar till, till exempel i {where}',
  numberingShared:
    '{modules,} numrerar det de säger av slaget {kind} tillsammans: samma id är samma',
  valueShared: '{count} av {as} står på mer än en {kind}: {where}',
  valueSharedOnce:
    '{count} av {as} står på mer än en {kind}: {where}; filer anger det bara för den första',
  ...SENTENCES_CONFIG,
  ...SENTENCES_FILES,
  ...SENTENCES_OUTSIDE,
  ...SENTENCES_SYSTEMS,
};
