import { type ClientSession, MongoNetworkError, type TransactionOptions } from 'mongodb';

/** What the driver writes on an error after which a transaction is begun, or ended, once more. */
const BEGIN_AGAIN = 'TransientTransactionError';
const END_AGAIN = 'UnknownTransactionCommitResult';

/**
 * Does something in a transaction that goes on where a primary dies and another member takes its
 * place. The driver does so by labels that it gives to the first call whose connection is lost:
 * those that were under way beside it get their error without one (7.9, `connectionIsStale`).
 */
export function inTransaction<T>(
  session: ClientSession,
  work: () => Promise<T>,
  options: TransactionOptions,
): Promise<T> {
  const commit = session.commitTransaction.bind(session);
  session.commitTransaction = () => labelled(commit, END_AGAIN);
  return session.withTransaction(() => labelled(work, BEGIN_AGAIN), options);
}

async function labelled<T>(work: () => Promise<T>, label: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MongoNetworkError && error.errorLabels.length === 0) {
      error.addErrorLabel(label);
    }
    throw error;
  }
}
