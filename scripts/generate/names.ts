/** Common given names, any sex; none belongs to anybody in particular. */
export const GIVEN_NAMES = [
  'Kim',
  'Alex',
  'Mira',
  'Elsa',
  'Olle',
  'Åsa',
  'Björn',
  'Sara',
  'Noor',
  'Amina',
  'Leo',
  'Wilma',
  'Hugo',
  'Ella',
  'Ali',
  'Zahra',
  'Axel',
  'Tove',
  'Göran',
  'Märta',
  'Yusuf',
  'Ines',
  'Théo',
  'Renée',
  'Anna-Karin',
  'Lo',
  'Maja',
  'Nils',
  'Freja',
  'Omar',
  'Liv',
  'Sixten',
  'Ester',
  'Hanna',
  'Malte',
  'Selma',
  'Vidar',
  'Astrid',
  'Jonathan',
  'Ö',
] as const;

/**
 * Family names, with those that break things: å ä ö, hyphens, apostrophes, particles, one letter.
 */
export const FAMILY_NAMES = [
  'Ek',
  'Lind',
  'Åberg',
  'Öström',
  'Ängquist',
  'Sjö',
  'Berg',
  'Lundmark',
  'Strand',
  'Hassan',
  'Nyström',
  'Dahl',
  'von Platen',
  "O'Brien",
  'af Klint',
  'van der Berg',
  'Ek-Lind',
  'Sandström',
  'Norén',
  'Al-Masri',
  'Å',
  'Holm',
  'Forsberg',
  'Wallin',
  'Ahmadi',
  'Lövgren',
  'Björk',
  'Sundqvist',
  'Yılmaz',
  'Nordin',
  'Källström',
  'Roos',
  'Modig',
  'Svärd',
  'Frisk',
  'Hjelm',
  'Rask',
  'Stolt',
  'Lilja',
  'Qvist',
  'Zetterlund',
  'Palm',
  'Gran',
  'Asp',
  'Rönn',
  'Hägg',
] as const;

/** More than any system takes: 66 characters. */
export const LONG_FAMILY_NAME =
  'Lagerstråle-Ehrencreutz af Silfverhjelm-Gyllenstierna von Rosenkvist';

export const STREETS = [
  'Testgatan',
  'Provvägen',
  'Exempelgränd',
  'Påhittstorget',
  'Fiktionsstigen',
  'Mallbacken',
] as const;

export const PLACES = [
  'Almby',
  'Björkö',
  'Cedervik',
  'Domarbo',
  'Ekeby',
  'Furulund',
  'Granby',
  'Hasselvik',
  'Idala',
] as const;

export const SUBJECTS = [
  ['GRGRMAT01', 'Matematik'],
  ['GRGRSVE01', 'Svenska'],
  ['GRGRENG01', 'Engelska'],
  ['GRGRIDR01', 'Idrott och hälsa'],
  ['GRGRBIL01', 'Bild'],
  ['GRGRNOX01', 'Naturorientering'],
  ['GRGRSOX01', 'Samhällsorientering'],
] as const;

export const LANGUAGES = [
  ['ara', 'Arabiska'],
  ['som', 'Somaliska'],
  ['pol', 'Polska'],
  ['fin', 'Finska'],
] as const;

export const PROGRAMMES = [
  ['NA25', 'Naturvetenskapsprogrammet', 'Högskoleförberedande program'],
  ['SA25', 'Samhällsvetenskapsprogrammet', 'Högskoleförberedande program'],
  ['BA25', 'Bygg- och anläggningsprogrammet', 'Yrkesprogram'],
  ['IMS', 'Språkintroduktion', 'Intruduktionsprogram'],
] as const;
