// A SCIM service that we did not write (scimmy-routers), with its resources in memory. Plain
// JavaScript in a process of its own; prints its port, and ends with its standard input.
// `node scimmy-server.mjs <token>`
import { randomUUID } from 'node:crypto';
import express from 'express';
import SCIMMY from 'scimmy';
import SCIMMYRouters from 'scimmy-routers';

const [, , token] = process.argv;

/** Declares a resource type that keeps what it is given; `unique` names its unique attribute. */
function declare(type, unique) {
  const kept = new Map();
  const isTaken = (instance, id) =>
    [...kept.values()].some(
      (other) =>
        other.id !== id &&
        String(other[unique]).toLowerCase() === String(instance[unique]).toLowerCase(),
    );
  SCIMMY.Resources.declare(type, {
    ingress: (resource, instance) => {
      if (resource.id !== undefined && !kept.has(resource.id)) {
        throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
      }
      const id = resource.id ?? randomUUID();
      if (unique !== null && isTaken(instance, id)) {
        throw new SCIMMY.Types.Error(409, 'uniqueness', `${unique} is taken`);
      }
      const {
        schemas: _schemas,
        meta: _meta,
        ...attributes
      } = JSON.parse(JSON.stringify(instance));
      kept.set(id, { ...attributes, id });
      return kept.get(id);
    },
    egress: (resource) => {
      if (resource.id !== undefined) {
        const found = kept.get(resource.id);
        if (found === undefined) throw new SCIMMY.Types.Error(404, null, 'Resource not found');
        return found;
      }
      const all = [...kept.values()];
      return resource.filter === undefined ? all : resource.filter.match(all);
    },
    degress: (resource) => {
      if (!kept.delete(resource.id)) throw new SCIMMY.Types.Error(404, null, 'Resource not found');
    },
  });
}

declare(SCIMMY.Resources.User, 'userName');
declare(SCIMMY.Resources.Group, null);

const app = express();
// The routers change the query in place, and express 5 parses it anew at each look.
app.use((request, _response, next) => {
  Object.defineProperty(request, 'query', { value: request.query });
  next();
});
app.use(
  '/scim/v2',
  new SCIMMYRouters({
    type: 'bearer',
    handler: (request) => {
      if (request.header('authorization') !== `Bearer ${token}`) throw new Error('Not logged in');
      return 'hub';
    },
  }),
);
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('close', () => process.exit(0)).resume();
