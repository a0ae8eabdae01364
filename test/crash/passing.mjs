// What hooks into a process share that act at a step of the night, named by `stepOf`.

/** Work whose points before and after are passed where its text names a step. */
export function passingOf(stepOf, pass) {
  return async (text, work) => {
    const step = stepOf(text);
    if (step === '') return work();
    pass(`before ${step}`);
    const result = await work();
    pass(`after ${step}`);
    return result;
  };
}
