/** Milliseconds that this thread works for something: unlike those that pass, they are no more on a machine that is busy or stands still. */
export function cpuTime(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { system, user } = process.threadCpuUsage(before);
  return (system + user) / 1_000;
}
