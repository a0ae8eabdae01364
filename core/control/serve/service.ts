import type { DoorbellRules } from '../../config/config.ts';
import type { Engine } from '../../run/engine.ts';
import { type Collapsed, singleFlight } from '../../schedule/single-flight.ts';
import { scheduleTurns } from '../../schedule/turns.ts';
import type { EventDoor } from '../../transport/event-calls.ts';
import {
  listenForNotifications,
  type NotificationServer,
} from '../../transport/notification-server.ts';
import { serveClients } from './clients/serve-clients.ts';
import { Receiving } from './receiving.ts';
import type { Role, Scheduler, ServeRequest } from './serving.ts';

const EVERY_MINUTE = '* * * * *';
/** Where others note what is due, it is looked so often. */
const LOOK_MS = 2000;

/**
 * Looks at the clock and at what others have noted, and at sources that ring, are watched or have
 * sent something, until the signal; what is under way then is stopped cleanly. Throws
 * DOORBELL_UNUSABLE, SERVED_UNUSABLE, and what a turn has thrown.
 */
export async function serve(
  engine: Engine,
  scheduler: Scheduler,
  { role, signal, onReport, onListening }: ServeRequest,
): Promise<void> {
  const ended = Promise.withResolvers<void>();
  const look = singleFlight(async () => {
    for (const report of await scheduler.turn(signal)) onReport(report);
  }, ended.reject);
  const hears = role === 'all' || role === 'web';
  const rules = hears ? engine.workspace.config.doorbell : null;
  const ring = (module: string) => {
    const isKnown = scheduler.notify(module);
    if (isKnown) look.ask();
    return isKnown;
  };
  const receiving = await Receiving.open(engine, hears, ring);
  const doorbell = await openDoorbell(rules, engine, ring, receiving);
  const tells = role === 'all' || role === 'scheduler';
  const clients = await serveClients(engine, { listens: hears, tells }).catch(async (failure) => {
    await doorbell?.stop();
    throw failure;
  });
  receiving.begin(ended.reject);
  onListening(receiving.called, clients?.url ?? null);
  // The first look makes up for what was missed while the hub was down.
  const lookAgain = () => {
    for (const module of receiving.modules) scheduler.poll(module);
    look.ask();
  };
  lookAgain();
  const stopClock = startClock(engine, role, scheduler, look, lookAgain);
  if (signal.aborted) ended.resolve();
  else signal.addEventListener('abort', () => ended.resolve(), { once: true });
  try {
    await ended.promise;
  } finally {
    stopClock();
    await doorbell?.stop();
    await receiving.stop();
    await clients?.stop();
    await look.idle();
  }
}

/** Asks for a look as often as the role needs one, and where a watched source is due. */
function startClock(
  { workspace: { config } }: Engine,
  role: Role,
  scheduler: Scheduler,
  look: Collapsed,
  lookAgain: () => void,
): () => void {
  const looks = config.cluster === null ? [] : [setInterval(() => look.ask(), LOOK_MS)];
  const runs = scheduleTurns(EVERY_MINUTE, async () => lookAgain());
  const plans = role === 'all' || role === 'scheduler';
  const watch = plans ? scheduleTurns(EVERY_MINUTE, () => scheduler.watch()) : null;
  const polls = [...config.sources].flatMap(([module, { watchMs }]) => {
    if (watchMs === null || !plans) return [];
    const poll = () => {
      scheduler.poll(module);
      look.ask();
    };
    return [setInterval(poll, watchMs)];
  });
  return () => {
    for (const timer of [...polls, ...looks]) clearInterval(timer);
    runs.stop();
    watch?.stop();
  };
}

async function openDoorbell(
  rules: DoorbellRules | null,
  engine: Engine,
  ring: (module: string) => boolean,
  events: EventDoor,
): Promise<NotificationServer | null> {
  if (rules === null) return null;
  const token = rules.token === null ? null : await engine.secret(rules.token);
  return listenForNotifications({ ...rules, token, ring, events });
}
