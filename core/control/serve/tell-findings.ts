import type { MailRules } from '../../config/config.ts';
import type { Finding } from '../../failure/finding.ts';
import { isObject } from '../../message/digest.ts';
import type { Json } from '../../message/message.ts';
import type { Engine } from '../../run/engine.ts';
import { type Mail, sendMail } from '../../transport/mail.ts';
import { findFindings } from '../findings/findings.ts';

const TOLD = 'findings told';

/**
 * Mails what is new among the findings and what has come to its end since the last mail: one mail,
 * or none. What was told is kept, so that a restart tells nothing twice.
 */
export async function tellFindings(engine: Engine): Promise<Mail | null> {
  const { store, workspace } = engine;
  const rules = workspace.config.mail;
  if (rules === null) return null;
  const told = toldBefore(await store.getValue(TOLD));
  const present = await findFindings(engine);
  const fresh = present.filter(({ id }) => !told.has(id));
  const ended = [...told].filter(([id]) => !present.some((one) => one.id === id));
  if (fresh.length === 0 && ended.length === 0) return null;
  const mail = mailOf(
    fresh,
    ended.map(([, text]) => text),
    present.length,
  );
  await sendToAll(engine, rules, mail);
  await store.putValue(TOLD, Object.fromEntries(present.map(({ id, text }) => [id, text])));
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

function mailOf(fresh: readonly Finding[], ended: readonly string[], open: number): Mail {
  const [first] = fresh;
  const count = fresh.length > 1 ? ` and ${fresh.length - 1} more` : '';
  const subject =
    first === undefined
      ? `Skolnav: ${ended.length} resolved, ${open} open`
      : `Skolnav: ${first.code} ${first.subject}${count}`;
  const lines = fresh.flatMap(({ code, subject: about, text, hint }) => [
    `${code}  ${about}`,
    `  ${text}`,
    `  ${hint}`,
    '',
  ]);
  if (ended.length > 0) lines.push('Resolved:', ...ended.map((text) => `  ${text}`), '');
  lines.push(`${open} open: skolnav findings`);
  return { subject, text: lines.join('\n') };
}
