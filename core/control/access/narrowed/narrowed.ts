import type { Engine } from '../../../run/engine.ts';
import type { ControlBus } from '../../control-bus.ts';
import type { Access, Account } from '../access.ts';
import { failureDeeds, runDeeds } from './deeds.ts';
import { Gate, RightMissing } from './gate.ts';
import { failureLooks, personLooks, runLooks, wiringLooks } from './looks.ts';
import { mappingLooks, overrideDeeds } from './mend.ts';

/**
 * The bus as far as an account's rights go. Lists hold what the account sees; of all else it is told
 * what whoever asks for something that is not there is told; what it sees and may not do is refused
 * with RIGHT_MISSING. Both are audited where something was to be done.
 */
export function narrowed(bus: ControlBus, engine: Engine, account: Account): ControlBus {
  const gate = new Gate(engine, account);
  const asked = async <T>(work: () => Promise<T>) => {
    await gate.demand('administer');
    return work();
  };
  const own: ControlBus = {
    ...failureLooks(bus, gate),
    ...runLooks(bus, gate, engine),
    ...personLooks(bus, gate, engine),
    ...wiringLooks(bus, gate),
    ...failureDeeds(bus, gate, engine),
    ...runDeeds(bus, gate),
    ...overrideDeeds(bus, gate),
    ...mappingLooks(bus, gate),
    // Whoever looks whether the hub is well has not signed in.
    unreached: () => bus.unreached(),
    purge: (who) => asked(() => bus.purge(who)),
    backup: (file, who) => asked(() => bus.backup(file, who)),
    testMail: (who) => asked(() => bus.testMail(who)),
    serve: (request) => asked(() => bus.serve(request)),
    scheduler: () => {
      if (!gate.reach.hasAll('administer')) throw new RightMissing('administer', '');
      return bus.scheduler();
    },
    access: narrowedAccess(bus.access, gate),
    may: (right, subject) =>
      subject === undefined ? gate.reach.hasSome(right) : gate.reach.may(right, subject),
    opens: (subject) => gate.opens(subject),
    as: () => own,
  };
  return own;
}

/** Their own sessions are everybody's; all else of accounts takes its right. */
function narrowedAccess(access: Access, gate: Gate): Access {
  const asked = async <T>(work: () => Promise<T>) => {
    await gate.demand('administer');
    return work();
  };
  const mayAll = gate.reach.hasAll('administer');
  return {
    waysIn: access.waysIn,
    flows: access.flows,
    accounts: () => asked(() => access.accounts()),
    invite: (account, who) => asked(() => access.invite(account, who)),
    firstInvitation: () => asked(() => access.firstInvitation()),
    remove: (name, who) => asked(() => access.remove(name, who)),
    setRights: (account, who) => asked(() => access.setRights(account, who)),
    endSessions: (name, who, keep) => {
      const work = () => access.endSessions(name, who, keep);
      return name === gate.name ? work() : asked(work);
    },
    sessions: async () =>
      (await access.sessions()).filter((one) => mayAll || one.account === gate.name),
    invited: (secret) => access.invited(secret),
    accept: (secret, password) => access.accept(secret, password),
    signIn: (name, password) => access.signIn(name, password),
    beginAtProvider: (visitor) => access.beginAtProvider(visitor),
    signInFromProvider: (visitor, answer) => access.signInFromProvider(visitor, answer),
    endAtProvider: () => access.endAtProvider(),
    session: (id, isByHand) => access.session(id, isByHand),
    signOut: (id) => access.signOut(id),
  };
}
