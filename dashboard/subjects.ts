import type { Language } from './language.ts';

/** What a finding or a decision is about, in words: `flow lms` is the flow that is called lms. */
export function saySubject({ words }: Language, subject: string): string {
  const [kind = '', name] = subject.split(' ');
  const said = words.subjects[kind];
  if (said === undefined || name === undefined) return said ?? subject;
  return `${said} ${kind === 'canonical' ? words.kind(name) : name}`;
}
