import { describeConnector } from 'skolnav/testing';
import { startJsonLms } from './simulator.ts';

describeConnector(import.meta.dirname, startJsonLms);
