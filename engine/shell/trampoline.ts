/**
 * Deep recursion without a deep stack.
 *
 * `yield*` keeps every generator on the JavaScript stack whenever the innermost one is resumed,
 * so a shell function that calls itself a thousand times would overflow it, and each resumption
 * would cost the whole depth. A body handed to `call` is suspended beside its caller instead:
 * only the innermost runs.
 */
import type { Blocking, WaitRequest, WakeReason } from "../kernel/process/wait-queue.ts";

class CallRequest implements WaitRequest {
  readonly queues = [];
  outcome: { readonly value: unknown } | { readonly error: unknown } | undefined;

  constructor(readonly body: Blocking<unknown>) {}
}

/** Runs `body` beside the caller. Only inside `runOnTrampoline`. */
export function* call<T>(body: Blocking<T>): Blocking<T> {
  const request = new CallRequest(body);
  yield request;
  const outcome = request.outcome;
  if (outcome === undefined) throw new Error("call() outside runOnTrampoline()");
  if ("error" in outcome) throw outcome.error;
  return outcome.value as T;
}

interface Frame {
  readonly body: Blocking<unknown>;
  readonly request: CallRequest | undefined;
}

/** Runs `main` and everything it calls; ends their `finally` blocks when it is ended itself. */
export function* runOnTrampoline<T>(main: Blocking<T>): Blocking<T> {
  const stack: Frame[] = [{ body: main, request: undefined }];
  let reason: WakeReason = "woken";
  try {
    for (;;) {
      const frame = stack.at(-1) as Frame;
      let outcome: { readonly value: unknown } | { readonly error: unknown };
      try {
        const step = frame.body.next(reason);
        if (!step.done) {
          if (step.value instanceof CallRequest) {
            stack.push({ body: step.value.body, request: step.value });
          } else {
            reason = yield step.value;
          }
          continue;
        }
        outcome = { value: step.value };
      } catch (error) {
        outcome = { error };
      }
      stack.pop();
      if (frame.request === undefined) {
        if ("error" in outcome) throw outcome.error;
        return outcome.value as T;
      }
      frame.request.outcome = outcome;
    }
  } finally {
    while (stack.length > 0) (stack.pop() as Frame).body.return(undefined);
  }
}
