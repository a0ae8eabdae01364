const APPROVE = '`skolnav hold list`, `skolnav hold approve <id> --reason "..."`';

/** What fails in files, on the way and at a target, in Swedish. */
export const OUTSIDE = {
  FILE_MISSING: {
    meaning: 'En fil eller mapp som måste finnas finns inte.',
    hint: 'Inget har ändrats. Fråga avsändaren om exporten har körts; när filen finns, `skolnav sync`.',
    targetHint:
      'Inget har levererats. Skapa eller anslut mappen som nämns, eller rätta den i config/hub.yaml; `skolnav check`, sedan `skolnav sync`.',
  },
  FILE_UNREAD: {
    meaning:
      'En fil ligger hos en källa men läses inte: dess datum eller namn kan inte stämma, eller något före den saknas.',
    hint: 'Den ligger kvar. Be avsändaren om den med rätt namn och datum och ta sedan bort den här; det som har kommit läses av `skolnav sync`.',
  },
  FILE_GROWING: {
    meaning: 'En fil skrivs fortfarande, eller byttes ut medan den lästes.',
    hint: 'Inget har ändrats. Den läses av nästa `skolnav sync`. Om det består: be avsändaren skriva under ett annat namn och sedan byta namn, eller skicka en markörfil.',
  },
  FILE_DAMAGED: {
    meaning: 'En fil är avkortad, har fel antal eller kontrollsumma, eller är inte välformad.',
    hint: 'Inget har ändrats. Be avsändaren skicka hela filen igen, sedan `skolnav sync`.',
    targetHint: 'Se efter i målets mapp, och vem mer som skriver där; sedan `skolnav sync`.',
  },
  FILE_ENCODING: {
    meaning: 'En fil har inte den teckenkodning som är angiven.',
    hint: 'Inget har ändrats. Be avsändaren om filen i den kodning som nämns, sedan `skolnav sync`. Om alla filer kommer så från och med nu, ange den som `encoding` i layouten.',
  },
  FILE_UNSAFE: {
    meaning: 'En fil innehåller något som aldrig tillåts: entiteter, NUL-tecken, jättelika fält.',
    hint: 'Inget har ändrats. Fråga avsändaren vad som skapade den och be om en ren fil, sedan `skolnav sync`; höj inte gränsen utan att ha sett efter.',
    targetHint:
      'Inget har skrivits där. Leta i målets mapp efter länkar och konstiga namn, sedan `skolnav sync`.',
  },
  FILE_LAYOUT: {
    meaning: 'En fils kolumner eller poster är inte de som dess layout anger.',
    hint: 'Inget har ändrats. Fråga avsändaren om filen skulle ändras: om inte, be om en riktig; om ja, ändra layouten eller mappningen. Sedan `skolnav sync`.',
  },
  MOVE_REFUSED: {
    meaning: 'Det som navet håller kunde inte flyttas till det andra lagret.',
    hint: 'Inget har ändrats: navet går vidare där den var. Rätta det som texten säger och flytta igen.',
  },
  BACKUP_REFUSED: {
    meaning: 'En säkerhetskopia kunde inte skrivas där den skulle.',
    hint: 'Inget har skrivits. Ange en fil som inte finns än, i en mapp som finns och har plats.',
  },
  FILE_WRITE: {
    meaning: 'En fil kunde inte skrivas eller läggas på plats.',
    hint: 'Den gamla filen är orörd. Kontrollera utrymme och behörighet i mappen som nämns, sedan `skolnav sync`.',
  },
  CONNECTION_LOST: {
    meaning: 'Den andra sidan gick inte att nå, eller så bröts förbindelsen.',
    hint: 'Det görs om av sig självt. Om det består: kontrollera adressen, nätet och systemet, sedan `skolnav sync`.',
  },
  TIMEOUT: {
    meaning: 'Den andra sidan svarade inte i tid.',
    hint: 'Det görs om av sig självt, utan skada om ändringen redan är gjord. Om det består: fråga systemets ägare.',
  },
  EVENT_UNSIGNED: {
    meaning:
      'Ett anrop med händelser var inte signerat som avtalat, eller så låg dess tidsstämpel för långt från vår klocka.',
    hint: 'Inget har sparats, och den som anropade fick veta det. Jämför hemligheten och klockorna med systemets ägare; medan en hemlighet byts gäller båda (`otherSecret`).',
  },
  EVENT_MALFORMED: {
    meaning: 'Det ett system skickade är för stort, är inte JSON eller följer inte sin layout.',
    hint: 'Inget av det har sparats, och den som anropade fick veta vad som ska rättas. Visa systemets ägare fältet som nämns; är det layouten som är fel, ändra den.',
  },
  EVENT_REUSED: {
    meaning: 'Ett system använde ett id som det redan hade skickat något annat med.',
    hint: 'Av ett anrop har inget sparats, och den som anropade fick veta det. Från en kö sparas båda. Be systemets ägare om ett eget id för varje meddelande.',
  },
  EVENT_NOT_KEPT: {
    meaning: 'Det ett system skickade kunde inte sparas, och den som anropade ombads skicka igen.',
    hint: 'Inget går förlorat så länge systemet skickar igen. Se vad loggen säger om lagret strax innan.',
  },
  HOST_KEY_UNKNOWN: {
    meaning: 'SFTP-serverns värdnyckel är inte den som vi har fäst.',
    hint: `Gå inte vidare förrän serverns ägare har bekräftat den nya nyckeln. Lägg den sedan i \`hostKeys\` i config/hub.yaml; om ett mål väntar, ${APPROVE}, sedan \`skolnav sync\`.`,
  },
  CERTIFICATE_UNKNOWN: {
    meaning:
      'Den andra sidans certifikat är inte ett som modulens inställningar eller det här systemet litar på.',
    hint: `Inget har skickats. Fråga ägaren på annat sätt om certifikatet är bytt eller har gått ut; lägg sedan den nya utfärdaren eller nyckeln där \`tls.ca\` eller \`tls.pins\` i config/hub.yaml hämtar den. Om ett mål väntar, ${APPROVE}, sedan \`skolnav sync\`.`,
  },
  CREDENTIALS: {
    meaning: 'Den andra sidan godtar inte våra inloggningsuppgifter.',
    hint: `Lägg rätt hemlighet där bindningen i config/hub.yaml hämtar den. Om ett mål väntar, ${APPROVE}, sedan \`skolnav sync\`.`,
  },
  TARGET_REFUSED: {
    meaning: 'Målet säger att det inte kan godta objektet.',
    hint: 'Läs vad målet svarade och rätta uppgifterna hos källan, eller mappningen: nästa `skolnav sync` levererar det. Om bara målet hade fel, `skolnav failed retry <id>` och `skolnav sync`.',
  },
  NOT_TAKEN: {
    meaning:
      'Målet sade ja, men svaret visar att det inte tog emot allt av objektet. Resten av det finns där.',
    hint: 'Fråga målets ägare varför det inte tar emot det som nämns. Det sägs igen när ett annat värde ska gälla, eller med `skolnav failed retry <id>`; vilka som ingår i vad, och vem som är avstängd, vid varje `skolnav sync`. Om målet bestämmer det ensamt, uteslut fältet med `omit` i en egen mappning.',
  },
  TARGET_BUSY: {
    meaning: 'Målet ber oss sakta ned eller är överbelastat.',
    hint: 'Det görs om av sig självt efter den tid som målet bad om. Om det består: sänk `requestsPerSecond` i bindningen.',
  },
  TARGET_BROKEN: {
    meaning: 'Något gick fel inne i målet (5xx eller ett fel).',
    hint: 'Det görs om av sig självt. Om det består: anmäl det till målets ägare.',
  },
  TARGET_ANSWER_UNREADABLE: {
    meaning: 'Målet svarade något som inte hör till dess protokoll, som en HTML-sida.',
    hint: 'Det görs om av sig självt. Ofta är det en proxy eller en inloggningssida: kontrollera adressen i config/hub.yaml, sedan `skolnav sync`.',
  },
  PREREQUISITE_MISSING: {
    meaning: 'Målet saknar ett objekt som det här hänvisar till.',
    hint: 'Åtgärda det fel som det väntar på, och som `skolnav failed show <id>` nämner; det här följer sedan av sig självt.',
  },
  REFERENCE_WITHOUT_ID: {
    meaning:
      'Objektet hänvisar till ett annat vars id målet aldrig har berättat; vår egen nyckel säger målet inget och skickas inte.',
    hint: 'Skicka det objekt som hänvisningen gäller igen: målet svarar med dess id. `skolnav trace <id>` visar det, `skolnav resend` skickar det; sedan `skolnav sync`. Om målet inte lämnar några id:n, anmäl det till dess ägare.',
  },
  KEY_TAKEN: {
    meaning: 'Två gör anspråk på samma nyckel i målet.',
    hint: 'Den som var först behåller den. `skolnav trace <id>` visar posterna för personen som nämns: låt ändra den ena hos källan, eller välj en annan nyckel i mappningen. Sedan `skolnav sync`, och en gång till om den andra måste ändras först.',
  },
  AMBIGUOUS_MATCH: {
    meaning: 'Mer än ett objekt i målet svarar mot samma nyckel.',
    hint: 'Ta bort eller slå ihop dubbletterna i målet, sedan `skolnav failed retry <id>` och `skolnav sync`.',
  },
  ADOPTION_AMBIGUOUS: {
    meaning:
      'Det går inte att avgöra vilket av målets objekt som är det här: flera svarar mot det, det svarar mot flera, eller det som gör det har ett annat id.',
    hint: 'Det skapas inte två gånger: det väntar. `skolnav adopt <flow>` visar kandidaterna; se efter i målet, sedan `skolnav adopt <flow> --choose <our key>=<its id>`, eller `=none` om det är inget av dem.',
  },
};
