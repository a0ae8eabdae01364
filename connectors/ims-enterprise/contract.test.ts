import type { JsonObject } from '../../core/plugin.ts';
import { openFronter as open } from '../../test/contract/fronter-sink.ts';
import { describeObjectSink } from '../../test/contract/object-sink.contract.ts';
import {
  describeVendorFaults,
  FAULTS_OF_VERDICTS,
  PATIENCE_MS,
} from '../../test/contract/vendor-faults.contract.ts';
import { type FronterSimulator, startFronter } from './simulator.ts';

const person = (key: string, version: number): JsonObject => ({
  ...{ id: key, fullName: `Kim${version} Ek`, familyName: 'Ek', givenName: `Kim${version}` },
  systemRole: 'User',
});
const held = ({ building }: FronterSimulator) =>
  [...building.persons].map((one) => JSON.stringify(one));

describeObjectSink('fronter, persons', async () => {
  const fronter = await startFronter({ authKey: 'right' });
  return {
    sink: await open(fronter),
    objectKind: 'person',
    object: person,
    refused: (key, secret) => ({ ...person(key, 1), fullName: secret, familyName: '' }),
    held: async () => held(fronter),
    loseNextAnswer: () => fronter.show({ kind: 'error-after' }),
    refuseCallsWith: (id) => fronter.show({ kind: 'refuses', id }),
    withWrongSecret: () => open(fronter, 'wrong'),
    close: () => fronter.stop(),
  };
});

describeObjectSink('fronter, memberships', async () => {
  const fronter = await startFronter({ authKey: 'right' });
  const { persons, groups, memberships } = fronter.building;
  groups.set('g', { title: '7A', type: 'KONTAKTGRUPPE', parent: 'ROOT' });
  for (const id of ['a', 'b', 'c', 'd', 'e']) {
    persons.set(id, { fullName: id, userName: null, email: null });
  }
  const sink = await open(fronter);
  const keyed = (key: string) => `g|${key}`;
  return {
    sink: {
      ...{ mode: 'operations', close: () => sink.close() },
      apply: (operations, signal) =>
        sink.apply(
          operations.map((one) => ({ ...one, key: keyed(one.key) })),
          signal,
        ),
    },
    objectKind: 'membership',
    object: (key, version) => ({ group: 'g', person: key, roletype: `0${version + 1}` }),
    refused: (key, secret) => ({ group: 'g', person: key, roletype: secret }),
    held: async () => [...memberships].map((one) => JSON.stringify(one)),
    loseNextAnswer: () => fronter.show({ kind: 'error-after' }),
    close: () => fronter.stop(),
  };
});

const SHOWABLE = { faults: [...FAULTS_OF_VERDICTS.keys()], reads: false };
describeVendorFaults('fronter', SHOWABLE, async () => {
  const fronter = await startFronter({ authKey: 'right' });
  return {
    sink: await open(fronter, 'right', PATIENCE_MS),
    objectKind: 'person',
    object: person,
    held: async () => held(fronter),
    show: (fault) => {
      const shown = FAULTS_OF_VERDICTS.get(fault);
      if (shown !== undefined) fronter.show(shown);
    },
    close: () => fronter.stop(),
  };
});
