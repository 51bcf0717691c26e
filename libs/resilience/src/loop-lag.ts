import { performance } from 'node:perf_hooks';

/** Milliseconds that whatever comes in waits at most until the process looks at it, as a mean since it was last asked. */
export type Lag = () => number;

/** Measures it: how long a turn of the event loop is busy. */
export function loopLag(): Lag {
  let before = performance.eventLoopUtilization();
  let turned = performance.nodeTiming.uvMetricsInfo.loopCount;
  return () => {
    const { loopCount } = performance.nodeTiming.uvMetricsInfo;
    const now = performance.eventLoopUtilization();
    const lag = (now.active - before.active) / Math.max(1, loopCount - turned);
    [before, turned] = [now, loopCount];
    return lag;
  };
}
