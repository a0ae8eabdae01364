const number = new Intl.NumberFormat('en-GB');
export const n = (count: number) => number.format(count);
export const one = (count: number, single: string, several: string) =>
  `${n(count)} ${count === 1 ? single : several}`;
