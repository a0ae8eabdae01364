import { describeBroker } from '../../test/contract/broker.contract.ts';
import { openMemoryBroker } from './memory-broker.ts';

describeBroker('in memory', async () => openMemoryBroker());
