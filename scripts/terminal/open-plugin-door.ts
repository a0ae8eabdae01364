import { openPluginDoor } from '../../core/hub.ts';

// `node --import` of this file: tests of a workspace's own connectors find the door by name.
openPluginDoor();
