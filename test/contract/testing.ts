/** The door for tests of connectors: the contract's suites, and what simulators are made of. */
export {
  bodyOf,
  type FrontDoorFault,
  type SimulatedService,
  serveOnLoopback,
  showAtFrontDoor,
} from '../../core/transport/http/simulated-http.ts';
export { testContext } from './context.ts';
export { describeConnector, type SystemBehind } from './describe-connector.ts';
export type { SimulatedAnswer } from './disturbed-answers.ts';
export { answerOf, HeldObjects } from './held-objects.ts';
export { describeObjectSink } from './object-sink.contract.ts';
export type { ListedObjects, ObjectSinkWorld } from './object-sink-world.ts';
export {
  type SimulatedRequest,
  type Simulator,
  startSimulator,
} from './simulator.ts';
export { describeSnapshotSink, type SnapshotSinkWorld } from './snapshot-sink.contract.ts';
export { describeSource, type SourceWorld } from './source.contract.ts';
export { streamSchemas } from './stream-schemas.ts';
export {
  describeVendorFaults,
  PATIENCE_MS,
  type Showable,
  SILENCE_MS,
  VENDOR_FAULT_NAMES,
  VENDOR_FAULTS,
  type VendorFault,
  type VendorFaultWorld,
} from './vendor-faults.contract.ts';
