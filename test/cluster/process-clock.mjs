// Loaded before the hub (`node --import`): CLUSTER_CLOCK=<ms> is added to the machine's clock, and
// CLUSTER_JUMP=<ms> once more with each SIGUSR2.
const now = Date.now;
let added = Number(process.env.CLUSTER_CLOCK ?? 0);
Date.now = () => now() + added;
process.on('SIGUSR2', () => {
  added += Number(process.env.CLUSTER_JUMP ?? 0);
});
