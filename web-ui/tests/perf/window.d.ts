/** What the replayed page shows to whoever measures it. */
interface Window {
  replay: {
    /** Milliseconds beyond 50 of every long task since the last call. */
    takeBlockingTimes: () => number[];
    state: () => { cursor: string | null; isConnected: boolean; warningsCount: number };
  };
}
