import assert from 'node:assert/strict';
import { type Hosted, withTakenNames } from './hosted.ts';
import { Visitor } from './visitor.ts';

const LINE = /^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"\n]*",?)*\})? [\d.e+]+)$/;

describe('the metrics', () => {
  let town: Hosted;

  before(async () => {
    town = await withTakenNames(6, 3);
  });
  after(() => town.close());

  it('tell without a sign-in what failed, was paused and when, in lines that Prometheus reads', async () => {
    await town.hub.control.pause({ flow: 'lms', who: 'kim', reason: 'a move' });
    const { runs } = town.hub.engine.store;
    const { now } = town.world;
    const times = { startedAt: now, seenAt: now };
    await runs.putWorker({
      owner: '@one/11/x',
      role: 'worker',
      version: '1 a',
      ...times,
      steps: [],
      inHand: { 'lms:itslearning': 7 },
    });
    await runs.lease('target lms:itslearning', '@one/11/x', now, 60_000);
    const text = await new Visitor(town.dashboard.url).read('/metrics');
    for (const line of text.trim().split('\n')) assert.match(line, LINE);
    assert.match(
      text,
      /skolnav_messages_open\{target="identity:scim",code="KEY_TAKEN",state="failed",kind="User"\} 3/,
    );
    assert.match(text, /skolnav_part_up\{part="broker"\} 1/);
    assert.match(text, /skolnav_queue_ready\{target="identity:scim"\} 0/);
    assert.match(text, /skolnav_queue_unacknowledged\{target="lms:itslearning"\} 7/);
    assert.match(text, /skolnav_delivery_lag_seconds\{target="identity:scim"\} 0/);
    assert.match(text, /skolnav_flow_paused\{flow="lms"\} 1/);
    assert.match(text, /skolnav_flow_paused\{flow="identity"\} 0/);
    assert.match(text, /skolnav_flow_last_run_seconds\{flow="identity"\} \d+/);
    assert.match(text, /process_seen_seconds\{place="one\/11",role="worker",version="1 a"\} \d+/);
    assert.match(text, /lease_held\{place="one\/11",lease="target lms:itslearning"\} 1/);
    assert.match(text, /skolnav_source_taken_in_seconds\{module="register"\} \d+/);
  });

  it('name no person, by id, account or otherwise', async () => {
    const text = await new Visitor(town.dashboard.url).read('/metrics');
    const failures = await town.hub.control.failures({ limit: 9 });
    for (const { id, key, origin } of failures) {
      for (const word of [id, key, origin.id]) assert.ok(!text.includes(word));
    }
    assert.doesNotMatch(text, /@|kim|a move|[0-9a-f]{8}-[0-9a-f]{4}/);
  });
});
