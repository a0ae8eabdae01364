import type { ClientSession, Collection, Document } from 'mongodb';

/** Which argument of a call its options are. */
const OPTIONS_AT: ReadonlyMap<string | symbol, number> = new Map([
  ...(['aggregate', 'bulkWrite', 'countDocuments', 'deleteMany', 'deleteOne', 'find'] as const).map(
    (name) => [name, 1] as const,
  ),
  ...(['findOne', 'insertMany', 'insertOne'] as const).map((name) => [name, 1] as const),
  ...(['distinct', 'findOneAndUpdate', 'replaceOne', 'updateMany', 'updateOne'] as const).map(
    (name) => [name, 2] as const,
  ),
]);

/** The same collection; its calls are made in the session that there is at the time, if any. */
export function inSession<D extends Document>(
  collection: Collection<D>,
  present: () => ClientSession | undefined,
): Collection<D> {
  return new Proxy(collection, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      const at = OPTIONS_AT.get(name);
      return (...args: unknown[]): unknown => {
        const session = present();
        if (session === undefined || at === undefined) return Reflect.apply(value, target, args);
        const given = Array.from({ length: at + 1 }, (_, index) => args[index] ?? {});
        return Reflect.apply(value, target, given.with(at, { ...Object(given[at]), session }));
      };
    },
  });
}
