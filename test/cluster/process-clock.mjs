// Loaded before the hub (`node --import`): CLUSTER_CLOCK=<ms> is added to the machine's clock.
const now = Date.now;
Date.now = () => now() + Number(process.env.CLUSTER_CLOCK ?? 0);
