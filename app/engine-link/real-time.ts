import type { RealTime } from "./pacer.ts";

/**
 * Real time of a worker or a Node process. A delay of 0 goes through a message channel, which
 * is not throttled to 4 ms like nested timers and still lets waiting messages in first.
 */
export function realTime(): RealTime {
  const channel = new MessageChannel();
  let immediate: (() => void) | undefined;
  channel.port1.onmessage = () => {
    const callback = immediate;
    immediate = undefined;
    callback?.();
  };
  return {
    nowMs: () => performance.now(),
    after(delayMs, callback) {
      if (delayMs > 0) {
        const timer = setTimeout(callback, delayMs);
        return () => clearTimeout(timer);
      }
      immediate = callback;
      channel.port2.postMessage(undefined);
      return () => {
        if (immediate === callback) immediate = undefined;
      };
    },
  };
}
