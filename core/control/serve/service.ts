import type { Engine } from '../../run/engine.ts';
import { type Collapsed, singleFlight } from '../../schedule/single-flight.ts';
import { scheduleTurns } from '../../schedule/turns.ts';
import type { EventDoor } from '../../transport/event-calls.ts';
import {
  listenForNotifications,
  type NotificationServer,
} from '../../transport/notification-server.ts';
import { Receiving } from './receiving.ts';
import type { Scheduler, ServeRequest } from './serving.ts';

const EVERY_MINUTE = '* * * * *';

/**
 * Looks at the clock every minute, and at sources that ring, are watched or have sent something,
 * until the signal; what is under way then is stopped cleanly. Throws DOORBELL_UNUSABLE, and what a
 * turn has thrown.
 */
export async function serve(
  engine: Engine,
  scheduler: Scheduler,
  { signal, onReport, onListening }: ServeRequest,
): Promise<void> {
  const ended = Promise.withResolvers<void>();
  const look = singleFlight(async () => {
    for (const report of await scheduler.turn(signal)) onReport(report);
  }, ended.reject);
  const ring = (module: string) => {
    const isKnown = scheduler.notify(module);
    if (isKnown) look.ask();
    return isKnown;
  };
  const receiving = await Receiving.open(engine, ring);
  const doorbell = await openDoorbell(engine, ring, receiving);
  receiving.begin(ended.reject);
  onListening(receiving.called);
  // The first look makes up for what was missed while the hub was down.
  const lookAgain = () => {
    for (const module of receiving.modules) scheduler.poll(module);
    look.ask();
  };
  lookAgain();
  const stopClock = startClock(engine, scheduler, look, lookAgain);
  if (signal.aborted) ended.resolve();
  else signal.addEventListener('abort', () => ended.resolve(), { once: true });
  try {
    await ended.promise;
  } finally {
    stopClock();
    await doorbell?.stop();
    await receiving.stop();
    await look.idle();
  }
}

/** Asks for a look every minute, and where a watched source is due. */
function startClock(
  { workspace }: Engine,
  scheduler: Scheduler,
  look: Collapsed,
  lookAgain: () => void,
): () => void {
  const runs = scheduleTurns(EVERY_MINUTE, async () => lookAgain());
  const watch = scheduleTurns(EVERY_MINUTE, () => scheduler.watch());
  const polls = [...workspace.config.sources].flatMap(([module, { watchMs }]) => {
    if (watchMs === null) return [];
    const poll = () => {
      scheduler.poll(module);
      look.ask();
    };
    return [setInterval(poll, watchMs)];
  });
  return () => {
    for (const poll of polls) clearInterval(poll);
    runs.stop();
    watch.stop();
  };
}

async function openDoorbell(
  engine: Engine,
  ring: (module: string) => boolean,
  events: EventDoor,
): Promise<NotificationServer | null> {
  const { doorbell } = engine.workspace.config;
  if (doorbell === null) return null;
  const token = doorbell.token === null ? null : await engine.secret(doorbell.token);
  return listenForNotifications({ ...doorbell, token, ring, events });
}
