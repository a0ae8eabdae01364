const number = new Intl.NumberFormat('sv-SE');
export const n = (count: number) => number.format(count);
export const one = (count: number, single: string, several: string) =>
  `${n(count)} ${count === 1 ? single : several}`;
