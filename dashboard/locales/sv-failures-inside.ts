const APPROVE = '`skolnav hold list`, `skolnav hold approve <id> --reason "..."`';

/** What fails with records, mappings and guards, and in the hub itself, in Swedish. */
export const INSIDE = {
  RECORD_INVALID: {
    meaning: 'En post saknar ett fält eller har ett värde som inte är tillåtet.',
    hint: 'Be avsändaren rätta posten; det löser sig med nästa fil, som läses av `skolnav sync`. Till dess gäller det senaste riktiga värdet.',
  },
  RECORD_REPEATED: {
    meaning: 'Poster i en hel mängd kom mer än en gång och säger inte samma sak.',
    hint: 'Det som kom sist gäller. Fråga avsändaren vilken som är rätt och be om en fil som säger det en gång; den läses av `skolnav sync`.',
  },
  RECORDS_UNUSED: {
    meaning:
      'Poster i en hel mängd blev till ingenting, och en mappning gjorde inget av någon post i sin ström.',
    hint: 'Jämför dess `when` och `each` med filen: en kolumn kan saknas eller ett ord vara skrivet på annat sätt. Rätta mappningen, `skolnav check`, sedan `skolnav sync`.',
  },
  LEAVERS_UNSURE: {
    meaning:
      'Några saknas i en hel mängd där vissa posters id inte går att läsa, eller i en klass där en rad inte säger vem den gäller: var och en av dem kan vara någon som tycks saknas.',
    hint: 'Be avsändaren rätta de rader som nämns; det löser sig med nästa fil. Om de som saknas har slutat, `skolnav hold list`, `skolnav hold approve <id> --reason "..."`, sedan `skolnav sync`.',
  },
  ENTITY_INVALID: {
    meaning: 'Det som källorna säger tillsammans är inte en giltig uppgift.',
    hint: 'Be avsändaren rätta fältet som nämns; det löser sig med nästa fil, som läses av `skolnav sync`. Till dess gäller det senaste riktiga värdet.',
  },
  VALUE_MISSING: {
    meaning: 'Ett fält som mappningen kräver har inget värde.',
    hint: 'Be avsändaren fylla i fältet, eller ge regeln i mappningen `default` eller `missing: omit`. Sedan `skolnav sync`: det prövas på nytt; det som avsändaren rättar kommer med nästa fil.',
  },
  VALUE_TOO_LONG: {
    meaning: 'Ett värde är längre än målet tar emot.',
    hint: 'Be avsändaren korta det, eller skriv `longer: cut` i regeln i mappningen; sedan `skolnav sync`.',
  },
  VALUE_NOT_ALLOWED: {
    meaning: 'Ett värde har inte den form som mappningen eller målet kräver.',
    hint: 'Be avsändaren rätta värdet, eller ändra regeln i mappningen. Sedan `skolnav sync`: det prövas på nytt; det som avsändaren rättar kommer med nästa fil.',
  },
  CODE_UNMAPPED: {
    meaning: 'En kod har ingen rad i sin tabell.',
    hint: 'Fråga avsändaren vad koden betyder. Om den är riktig, lägg till en rad för den i tabellen eller regeln som nämns; om inte, låt rätta den. Sedan `skolnav sync`: det prövas på nytt; det som avsändaren rättar kommer med nästa fil.',
  },
  VALUE_FORMULA: {
    meaning: 'En text börjar som en formel: ett kalkylark som öppnar den skulle köra den.',
    hint: 'Den togs in som den är. Fråga avsändaren var den kommer ifrån. Där målets filer öppnas i ett kalkylark gör `spreadsheet: true` i bindningen sådana texter ofarliga.',
  },
  MERGER_REFUSED: {
    meaning: 'En källa säger att två är samma person, men bara den ena är skyddad.',
    hint: 'De förblir två, och båda är skyddade. Fråga registret per telefon; det löser sig med första `skolnav sync` efter att båda har samma skydd där. Är de två, låt registret ta tillbaka det: nästa `skolnav sync` frågar om den andra får släppas.',
  },
  REFERENCE_MISSING: {
    meaning: 'Något som det hänvisas till har inte lämnats av någon källa.',
    hint: 'Det löser sig av sig självt när posten kommer. Om den redan borde finnas, be avsändaren om den.',
  },
  OVERRIDE_UNFIT: {
    meaning:
      'Ett värde som någon har satt i stället för mappningens passar inte målet längre: dess schema är ett annat nu.',
    hint: 'Det som senast levererades står kvar. `skolnav override list`, avsluta det eller sätt ett annat; `skolnav sync` prövar igen.',
  },
  OVERRIDE_WAITS: {
    meaning: 'Värden som någon har satt i stället för mappningens väntar på en annan person.',
    hint: '`skolnav override list`, sedan `skolnav override approve <id>`, eller `skolnav override end <id> --reason "..."`.',
  },
  OVERRIDE_REFUSED: {
    meaning: 'Ett värde kan inte sättas i stället för mappningens.',
    hint: 'Skälet säger vad som är tillåtet. `skolnav override show <flow> <kind> <key>` visar fälten, och vilka av dem som är låsta och varför.',
  },
  EXPRESSION_FAILED: {
    meaning: 'Ett uttryck i en mappning eller ett flöde kunde inte räknas ut här.',
    hint: 'Skydda uttrycket mot fält som saknas med `has()`, `skolnav check`, sedan `skolnav sync`.',
  },
  MAPPING_BROKE: {
    meaning: 'En mappning gick sönder på en post på ett sätt som är ett fel i Skolnav.',
    hint: 'Det senaste riktiga värdet gäller. Leta efter ett konstigt värde i posten som nämns, och anmäl felet; nästa `skolnav sync` prövar den på nytt.',
  },
  GUARD_LIMIT: {
    meaning: 'En plan skulle ändra eller ta bort mer än dess spärr tillåter.',
    hint: '`skolnav hold list`, sedan `skolnav hold show <id>`. Om det är rätt, `skolnav hold approve <id> --reason "..."` och `skolnav sync`; om inte, `skolnav hold reject <id> --reason "..."` och låt rätta källan.',
  },
  PLAN_CHANGED: {
    meaning:
      'Planen som efterfrågades är inte den som gäller nu: uppgifter eller filer har ändrats sedan dess.',
    hint: 'Inget har levererats. Se på `skolnav plan` igen, och ange den sammanfattning som visas nu.',
  },
  IDENTITY_CHANGED: {
    meaning:
      'Ett känt id kom med ett annat nummer, födelsedatum och namn, eller med numret och kontot för en annan som finns där: det kan vara en annan person.',
    hint: 'Den som fanns förblir som den var. Fråga avsändaren; om det är samma person, `skolnav hold approve <id> --reason "..."`; om det är en annan, `skolnav hold reject <id> --reason "..."`: den får ett eget id, och den som fanns lämnar.',
  },
  NUMBERING_SHARED: {
    meaning:
      'Två källor i en äldre databas numrerar gemensamt, fast deras mappningar inte säger det.',
    hint: 'Om det är meningen, skriv `of:` med ett och samma namn i bådas mappningar. Om inte, skriv ett nytt namn i den enas, och se på `skolnav plan`: dess personer skapas på nytt.',
  },
  VALUE_SHARED: {
    meaning: 'Mer än en person har ett nummer eller ett konto som bara en kan ha.',
    hint: 'Fråga avsändaren vem det tillhör. I ett måls filer stannar ett konto hos den som hade det först, så länge den finns i dem.',
  },
  REFERENCES_CIRCULAR: {
    meaning:
      'Hänvisningar går runt i en cirkel: några enheter står var för sig över en annan av dem.',
    hint: 'Inget mål får veta om en hänvisning som leder tillbaka dit den börjar. Fråga avsändaren vilken av dem som är rätt.',
  },
  PROTECTION_RELEASE: {
    meaning: 'Ingen gällande post märker längre en skyddad person som skyddad.',
    hint: `Inget lämnas ut förrän en människa har beslutat. Fråga skolan; om det stämmer, ${APPROVE}, sedan \`skolnav sync\`.`,
  },
  PROTECTION_HEARD: {
    meaning:
      'Något som en källa ännu inte kan ta in kallar personer skyddade: de är det från och med nu.',
    hint: 'Inget annat av det togs in. Åtgärda det som det väntar på: `skolnav findings`, `skolnav hold list`.',
  },
  PROTECTION_UNHEARD: {
    meaning:
      'En post som ställdes åt sidan bär ett ord om skydd, och det går inte att veta vem den gäller.',
    hint: 'Se på raden i filen som nämns, fråga skolan per telefon vem den gäller och be avsändaren rätta den genast; sedan `skolnav sync`.',
  },
  PROTECTION_MANY: {
    meaning: 'En körning av en källa gjorde fler personer skyddade än som är troligt.',
    hint: 'De är det, och det som målen visade av dem tas bort. Fråga avsändaren. Om det är fel: låt skicka en rättad fil, `skolnav sync`, sedan släpper `skolnav hold approve <id> --reason "..."` alla som ingen post längre kallar skyddade, med nästa `skolnav sync`. Om det är rätt, `skolnav hold reject <id> --reason "..."`.',
  },
  PROTECTED_SHOWN: {
    meaning:
      'Ett mål visar fortfarande en skyddad person efter att ha fått veta att personen ska bort.',
    hint: 'Målet får veta det igen vid varje `skolnav sync`. Om det består, ta bort personen i målet för hand och säg till den som sköter det: `skolnav trace` visar vem id:t i texten står för.',
  },
  PROTECTED_NAMED: {
    meaning:
      'Namnet på en grupp eller aktivitet innehåller namnet på en skyddad person som är eller har varit med i den.',
    hint: 'Målen får gruppens namn som det är. Be skolan per telefon om ett gruppnamn utan personens namn och låt det rättas i källan; tills det kommer ger `skolnav override set` gruppen ett annat namn i varje flöde som lämnar ut den.',
  },
  PROTECTED_NOT_TAKEN: {
    meaning: 'Skyddade personer finns kvar i ett mål, eller så är det inte känt att de är borta.',
    hint: 'Varje körning tar bort dem före allt annat. `skolnav findings` och `skolnav runs` visar vad den väntar på: att flödet går, en paus, ett beslut, ett mål som inte svarar eller som vägrar. Åtgärda det, sedan `skolnav sync`; om det dröjer, ta bort dem i målet för hand.',
  },
  FLOW_PAUSED: {
    meaning: 'Ett flöde går inte av sig själv, för någon har pausat det.',
    hint: 'Tills det återupptas behåller målet det som det har, också om personer som är skyddade vid det laget. `skolnav sync --flow <flow>` kör det en gång, `skolnav resume` låter det gå av sig själv igen; båda finns på sidan Körschema.',
  },
  SOURCE_LATE: {
    meaning: 'En källa har inte lämnat något nytt på längre tid än dess regler tillåter.',
    hint: 'Fråga avsändaren om exporten har körts. Målen behåller vad de har tills den kommer. Om källan får vara tyst så länge, ange det som `maxAge` för källan i config/hub.yaml.',
  },
  DEADLINE_AT_RISK: {
    meaning:
      'En schemalagd körning hinner inte bli klar i tid om den tar lika lång tid som den brukar.',
    hint: '`skolnav findings` och `skolnav runs` visar vad den väntar på; säg till dem som behöver den till dess.',
  },
  DEADLINE_MISSED: {
    meaning: 'En schemalagd körning blev inte klar i tid.',
    hint: '`skolnav findings` och `skolnav runs` visar vad den väntar på. Det är över med nästa lyckade körning.',
  },
  SOURCE_SHRUNK: {
    meaning: 'En källa lämnade betydligt färre poster än vid den senaste lyckade körningen.',
    hint: `Inget har ändrats. Fråga avsändaren om exporten är hel. Om den är det, ${APPROVE}; om inte, låt skicka den igen. Sedan \`skolnav sync\`.`,
  },
  SOURCE_STALE: {
    meaning: 'En källa skickade något äldre än det som lästs förut, eller äldre än den får vara.',
    hint: 'Inget har ändrats. Be avsändaren om den senaste exporten, under ett nytt namn, sedan `skolnav sync`.',
  },
  FILE_DRIFT: {
    meaning:
      'En fil har nya kolumner, en annan ordning, förstörda bokstäver, en kolumn som plötsligt är tom, borta eller lika för alla, eller ett andra blad; allt som är känt lästes.',
    hint: 'Allt som är känt lästes. Fråga avsändaren vad som har ändrats; lägg till kolumnen i layouten om den behövs, under sitt nya namn om den har ett.',
  },
  SOURCE_EMPTY: {
    meaning: 'En källa lämnade ingenting alls av det den hade, och kallade det för helt.',
    hint: `Inget har ändrats. Be avsändaren om en hel export, sedan \`skolnav sync\`. Bara om allt ska bort, ${APPROVE}.`,
  },
  SOURCE_UNREAD: {
    meaning:
      'Det som en källa sade ligger kvar, och ingen mappning i dess modul läser sådana poster längre: modulen är bunden till en annan koppling, eller en mappning är borta.',
    hint: `Inget har ändrats. Om bindningen ändrades med avsikt ska det som den sade förut bort: ${APPROVE}. Om inte, lägg tillbaka bindningen eller mappningen. Sedan \`skolnav sync\`.`,
  },
  SOURCE_REPLACED: {
    meaning: 'En källa lämnade lika många poster som förut, men många av dem är andra.',
    hint: `Inget har ändrats. Fråga avsändaren om id:n har ändrats eller om filen är en annan kommuns. Om bytet är riktigt, ${APPROVE}; om inte, låt skicka rätt fil. Sedan \`skolnav sync\`.`,
  },
  SOURCE_CUT: {
    meaning:
      'Det som en hel mängd saknar stod i följd i den förra: dess slut, eller ett stycke inuti. Så kapas en fil; personer slutar inte efter radnummer.',
    hint: 'Inget har ändrats. Be avsändaren om en hel export, sedan `skolnav sync`. Om det stämmer (en klass eller skola som upphört), `skolnav hold list`, `skolnav hold approve <id> --reason "..."`.',
  },
  SOURCE_UNIT_SHRUNK: {
    meaning: 'Mycket av det som hör till en skolenhet saknas i en källa, eller enheten själv.',
    hint: 'Enheten förblir som den var; allt annat togs in. Fråga skolan eller avsändaren om listan blev avkortad. Om inte, `skolnav hold list` och `skolnav hold approve <id> --reason "..."`, med `--unit` för en enda enhet; om ja, låt skicka den igen. Sedan `skolnav sync`.',
  },
  RUN_INTERRUPTED: {
    meaning: 'Processen avslutades mitt i en körning.',
    hint: 'Inget är förlorat: `skolnav sync` fortsätter där den var. Om ingen stoppade den, se i loggen och på maskinens minne.',
  },
  DEFECT: {
    meaning: 'Navet har självt ett fel här; de andra flödena fortsätter utan det här.',
    hint: 'Kör `skolnav check`: en fil i arbetsmappen kan säga något som ingen förutsett. Om den inte hittar något, anmäl platsen i loggen; `skolnav sync` försöker igen.',
  },
  CONFIG_INVALID: {
    meaning: 'En fil med inställningar, flöden eller mappningar har fel.',
    hint: 'Kör `skolnav check`: den visar varje fel med fil, rad och kolumn.',
  },
  TARGET_RESTORED: {
    meaning:
      'Ett mål verkar återställt: det som det hade bekräftat fanns inte där när det skulle ändras.',
    hint: 'Det som en körning har stött på finns där igen. Fråga målets ägare om det har återställts från en säkerhetskopia; `skolnav drift <flow>` visar vad mer som skiljer sig, och med `--repair` rättar nästa `skolnav sync` till det.',
  },
  TARGET_MOVED: {
    meaning:
      'Bindningen leder till en annan adress än den där målet har bekräftat det vi vet om det.',
    hint: 'Inget att göra om det är meningen: nästa `skolnav sync` frågar först målet vad det har och lägger till det som saknas. `skolnav sync --dry-run` frågar i förväg och visar den planen. Om det inte är meningen, rätta bindningen i config/hub.yaml.',
  },
  SECRET_MISSING: {
    meaning: 'En hemlighet som inställningarna hänvisar till är inte angiven.',
    hint: 'Ange miljövariabeln, eller skriv filen, som hänvisningen i config/hub.yaml nämner; kör sedan igen.',
  },
  DOORBELL_UNUSABLE: {
    meaning: 'Dörrklockan kan inte lyssna på sin adress.',
    hint: 'Ett annat program har porten, eller så hör värdnamnet inte till maskinen: se `doorbell` i config/hub.yaml.',
  },
  DASHBOARD_UNUSABLE: {
    meaning: 'Översiktssidorna kan inte lyssna på sin adress.',
    hint: 'Ett annat program har porten, eller så hör värdnamnet inte till maskinen: se `dashboard` i config/hub.yaml.',
  },
  PROVIDER_UNUSABLE: {
    meaning: 'OpenID-leverantören där man loggar in svarar inte, eller inte som den ska.',
    hint: 'Försök igen om en stund. Fortsätter det: se på leverantören och på `dashboard.openId` i config/hub.yaml: issuer, hosts, klient och hemlighet.',
  },
  SIGN_IN_REFUSED: {
    meaning:
      'Det som kom tillbaka från OpenID-leverantören är inte den inloggning som webbläsaren började.',
    hint: 'Börja om från sidan för inloggning. Fortsätter det: jämför klient, hemlighet, adress och maskinens klocka med det som leverantören har.',
  },
  SIGN_IN_NO_RIGHTS: {
    meaning:
      'OpenID-leverantören känner personen, men ingen av personens grupper har rättigheter här.',
    hint: 'Lägg personen i en grupp som `dashboard.openId.rights` i config/hub.yaml nämner, och se till att leverantören uppger grupperna i `groupsClaim`.',
  },
  SIGN_IN_NAME: {
    meaning:
      'Namnet som OpenID-leverantören ger en person kan inte vara personens i granskningsloggen.',
    hint: 'Är ett konto med det namnet personens eget: ta bort det med `skolnav account remove`. Välj annars ett annat fält som `nameClaim`: ett med bara bokstäver från a till z, siffror och . _ @ -.',
  },
  RIGHT_MISSING: {
    meaning: 'Personen får inte göra det i översikten, eller inte med det flödet.',
    hint: 'Den som sköter konton kan ge rätten: på sidan Inställningar, med `skolnav account rights` eller med en grupp hos OpenID-leverantören.',
  },
  SERVED_UNUSABLE: {
    meaning: 'De som hämtar från navet kan inte få svar på dess adress.',
    hint: 'Ett annat program har porten, eller så hör värdnamnet inte till maskinen: se `served` i config/hub.yaml.',
  },
  STORE_UNUSABLE: {
    meaning: 'Navets egen databas går inte att öppna eller skriva i.',
    hint: 'Inget har ändrats. Kontrollera utrymme och behörighet för filen som nämns; om den är skadad, återställ en säkerhetskopia enligt docs/operating.md.',
  },
  FILE_UNUSABLE: {
    meaning: 'Maskinen lät inte navet läsa eller skriva en fil som det arbetar med.',
    hint: 'Gör plats på disken, eller låt navets användare läsa och skriva där, som texten säger; kör sedan igen: det fortsätter där det var.',
  },
  STORE_NEWER: {
    meaning:
      'Det som är lagrat har uppdaterats av en nyare version av Skolnav, eller av ett schema i arbetsytan.',
    hint: 'Inget är förlorat, och de som har den versionen arbetar vidare. Installera den här också, med samma arbetsyta, och starta igen.',
  },
  STORE_OUT: {
    meaning: 'Klustrets databas går inte att nå, eller har ingen medlem som tar emot skrivningar.',
    hint: 'Inget är halvgjort. Det fortsätter med nästa körning; om det består, se på replikgruppen och på `store` i config/hub.yaml.',
  },
  BROKER_OUT: {
    meaning: 'Meddelandeförmedlaren går inte att nå, eller så bröts förbindelsen till den.',
    hint: 'Inget är förlorat: det som är öppet står i databasen. Det fortsätter med nästa körning; om det består, se på förmedlaren och på `broker` i config/hub.yaml.',
  },
  LEASE_LOST: {
    meaning: 'Processen svarade inte på så länge att en annan har tagit över dess arbete.',
    hint: 'Inget är förlorat: den andra fortsätter där denna var. Händer det igen: se på maskinens belastning och på förbindelsen med lagret.',
  },
  BUSY: {
    meaning: 'En annan process gör redan detta i samma arbetsmapp.',
    hint: 'Vänta tills den andra är klar (`skolnav runs` visar det), eller stoppa den, och kör igen.',
  },
};
