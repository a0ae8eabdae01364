import type {
  FlowOutcome,
  QueueState,
  SourceContact,
  WorkerState,
} from '../../core/control/control-bus.ts';
import type { Answer, Ask, House, Route } from '../route.ts';

/** Numbers for Prometheus: names of flows, modules and codes, and no person. */
export const METRICS: readonly Route[] = [
  { method: 'get', path: '/metrics', needs: 'anyone', answer: metrics },
];

/** A time series of the text format: its labels and its value. */
type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

async function metrics(_ask: Ask, { control }: House): Promise<Answer> {
  const out = (await control.unreached()).map(({ part }) => part);
  const parts = (['store', 'broker'] as const).map((part): Sample => {
    return [{ part }, out.includes(part) ? 0 : 1];
  });
  const up = gauge('skolnav_part_up', 'Whether the store and the broker answer.', parts);
  // All else is read from the store.
  if (out.includes('store')) return { kind: 'text', status: 200, text: up };
  const { flows, sources, holds } = await control.overview();
  const groups = await control.failureGroups();
  const codes = groups.map(({ target, code, state, objectKind, count }): Sample => {
    return [{ target, code: code ?? '', state, kind: objectKind }, count];
  });
  const paused = (await control.timetable()).map(({ flow, pause }): Sample => {
    return [{ flow }, pause === null ? 0 : 1];
  });
  const text = [
    up,
    ...ofQueues(await control.queues()),
    gauge('skolnav_holds_open', 'Plans and sources that wait for a person.', [[{}, holds]]),
    gauge('skolnav_messages_open', 'Messages that failed, wait or are retried.', codes),
    gauge('skolnav_flow_paused', 'Whether a person has paused a flow.', paused),
    ...ofProcesses(await control.workers()),
    ...ofFlows(flows),
    ...ofSources(sources),
  ].join('');
  return { kind: 'text', status: 200, text };
}

function ofQueues(queues: readonly QueueState[]): readonly string[] {
  const ready = queues.flatMap(({ target, ready: count }): readonly Sample[] => {
    return count === null ? [] : [[{ target }, count]];
  });
  const taken = queues.map(({ target, unacknowledged }): Sample => [{ target }, unacknowledged]);
  const lag = queues.map(({ target, lagMs }): Sample => [{ target }, lagMs / 1000]);
  return [
    gauge('skolnav_queue_ready', 'Tickets that nobody has taken.', ready),
    gauge('skolnav_queue_unacknowledged', 'Tickets that are taken and not handled.', taken),
    gauge('skolnav_delivery_lag_seconds', 'How long the oldest open delivery has waited.', lag),
  ];
}

function ofProcesses(workers: readonly WorkerState[]): readonly string[] {
  const seen = workers.map(({ place, role, version, seenAt }): Sample => {
    return [{ place, role, version }, seenAt / 1000];
  });
  const held = workers.flatMap(({ place, holds }) =>
    holds.map((lease): Sample => [{ place, lease }, 1]),
  );
  return [
    gauge('skolnav_process_seen_seconds', 'When a process last said that it is there.', seen),
    gauge('skolnav_lease_held', 'What a process alone may do now.', held),
  ];
}

function ofFlows(flows: readonly FlowOutcome[]): readonly string[] {
  const ended = flows.flatMap(({ flow, run }): readonly Sample[] => {
    return run === null || run.endedAt === null ? [] : [[{ flow }, run.endedAt / 1000]];
  });
  const good = flows.flatMap(({ flow, run }): readonly Sample[] => {
    return run === null ? [] : [[{ flow }, run.outcome === 'done' ? 1 : 0]];
  });
  return [
    gauge('skolnav_flow_last_run_seconds', 'When the newest run ended, since 1970.', ended),
    gauge('skolnav_flow_last_run_done', 'Whether the newest run ended well.', good),
  ];
}

function ofSources(sources: readonly SourceContact[]): readonly string[] {
  const takenIn = sources.flatMap(({ module, takenInAt }): readonly Sample[] => {
    return takenInAt === null ? [] : [[{ module }, takenInAt / 1000]];
  });
  const aside = sources.map(({ module, setAside }): Sample => [{ module }, setAside]);
  return [
    gauge('skolnav_source_taken_in_seconds', 'When records last came, since 1970.', takenIn),
    gauge('skolnav_source_set_aside', 'Records that could not be taken in.', aside),
  ];
}

function gauge(name: string, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
    return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}

/** As the text format wants it. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
