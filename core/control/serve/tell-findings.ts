import type { MailRules } from '../../config/config.ts';
import type { Finding } from '../../failure/finding.ts';
import { saying } from '../../failure/saying.ts';
import { isObject } from '../../message/digest.ts';
import type { Json, Saying } from '../../message/message.ts';
import type { Engine } from '../../run/engine.ts';
import { type Mail, sendMail } from '../../transport/mail.ts';
import { findFindings } from '../findings/findings.ts';
import { lookingOf } from '../looking.ts';
import { findingIn, meaningIn, type Speech, sayIn } from './speech.ts';

const TOLD = 'findings told';

/**
 * Mails what is new among the findings and what has come to its end since the last mail: one mail,
 * or none. What was told is kept, so that a restart tells nothing twice.
 */
export async function tellFindings(engine: Engine, speech: Speech): Promise<Mail | null> {
  const { store, workspace } = engine;
  const rules = workspace.config.mail;
  if (rules === null) return null;
  const told = toldBefore(await store.getValue(TOLD));
  const present = await findFindings(lookingOf(engine));
  const fresh = present.filter(({ id }) => !told.has(id));
  const ended = [...told].filter(([id]) => !present.some((one) => one.id === id));
  if (fresh.length === 0 && ended.length === 0) return null;
  const mail = mailOf(
    fresh,
    ended.map(([, text]) => text),
    present.length,
    speech,
  );
  await sendToAll(engine, rules, mail);
  await store.putValue(
    TOLD,
    Object.fromEntries(present.map((one) => [one.id, lineOf(speech, one)])),
  );
  return mail;
}

/** Sends a mail that says nothing but that mails arrive; null where no mail is set up. */
export async function testMail(engine: Engine): Promise<readonly string[] | null> {
  const rules = engine.workspace.config.mail;
  if (rules === null) return null;
  const text = 'This is a test: what a person should see to will be told to this address.';
  await sendToAll(engine, rules, { subject: 'Skolnav: a test', text });
  return rules.to;
}

/** Sends a mail to those whom config names. */
export async function sendToAll(engine: Engine, rules: MailRules, mail: Mail): Promise<void> {
  const password = rules.password === null ? null : await engine.secret(rules.password);
  await sendMail({ ...rules, password }, mail);
}

function toldBefore(value: Json): ReadonlyMap<string, string> {
  const told = isObject(value) ? Object.entries(value) : [];
  return new Map(told.map(([id, text]) => [id, String(text)]));
}

/** Where it is and what is the matter, in words: a code says nothing to who reads it first. */
export function titleOf(speech: Speech, { code, subject }: Finding): string {
  return `${subject}: ${meaningIn(speech, code)}`;
}

/** The same with what was found, of what is over. */
function lineOf(speech: Speech, finding: Finding): string {
  return `${titleOf(speech, finding)} ${findingIn(speech, finding)[0]}`;
}

function mailOf(
  fresh: readonly Finding[],
  ended: readonly string[],
  open: number,
  speech: Speech,
): Mail {
  const say = (saying: Saying) => sayIn(speech, saying);
  const [first] = fresh;
  const named = first === undefined ? '' : titleOf(speech, first);
  const more = fresh.length - 1;
  const subject =
    first === undefined
      ? say(saying('mailResolved', { ended: ended.length, open }))
      : more > 0
        ? say(saying('someAndMore', { named, more }))
        : named;
  const lines = fresh.flatMap((one) => {
    const [text, remedy] = findingIn(speech, one);
    return [`${titleOf(speech, one)} (${one.code})`, `  ${text}`, `  ${remedy}`, ''];
  });
  if (ended.length > 0) {
    lines.push(say(saying('resolved', {})), ...ended.map((text) => `  ${text}`), '');
  }
  lines.push(say(saying('openFindings', { open })));
  return { subject: `Skolnav: ${subject}`, text: lines.join('\n') };
}
