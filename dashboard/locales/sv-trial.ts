import { one } from './sv-numbers.ts';

/** Another text of a mapping, tried out. */
export const TRIAL = {
  title: 'Pröva en ändring',
  link: 'Ändra texten och se vad det skulle ändra',
  lead: 'Texten kontrolleras och prövas mot de verkliga uppgifterna. Inget skrivs: hämta filen och lägg den i arbetsytan när den är rätt.',
  text: 'Mappningens text (YAML)',
  upload: 'Eller välj en fil',
  uploadNote: 'En vald fil gäller i stället för texten.',
  try: 'Kontrollera och visa vad det skulle ändra',
  download: 'Hämta texten som fil',
  faults: 'Texten har fel:',
  testsFail: 'Mappningens egna prov går inte igenom. Rätta regeln eller provet:',
  busy: 'Ett annat prov pågår. Vänta tills det är klart.',
  running: 'Planerna räknas fram',
  reload: 'Visa hur det går',
  broke: 'Provet avbröts:',
  would: 'Med den texten skulle detta ändras, utöver det som ändå skulle komma:',
  nothingWritten: 'Inget är skrivet, och inget mål har fått veta något.',
  parked: (count: number) => `${one(count, 'objekt', 'objekt')} skulle inte gå att göra:`,
  held: 'Spärrar skulle hålla planen:',
  again: 'Ändra vidare',
};
