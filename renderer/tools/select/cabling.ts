import type { NodeView, Point } from "../../../engine/session.ts";
import { type Cabling, IDLE, type Plug, type Step, looseEnd } from "../gesture.ts";
import { plugFor } from "./idle.ts";

/** The pointer moved; `machine` is the one under it. */
export function aim(gesture: Cabling, pointer: Point, machine: NodeView | undefined): Step {
  const { over, ...rest } = gesture;
  if (machine === undefined || machine.name === gesture.from.node) {
    return { gesture: { ...rest, pointer } };
  }
  const same = over?.node === machine.name;
  return { gesture: { ...rest, pointer, over: same ? over : plugFor(machine) } };
}

/** The button was let go or clicked. Over a machine the cable is plugged in, elsewhere it is dropped. */
export function plugIn(gesture: Cabling): Step {
  if (gesture.over === undefined) return { gesture: IDLE };
  return {
    gesture: IDLE,
    edit: { kind: "connect", from: looseEnd(gesture.from), to: looseEnd(gesture.over) },
  };
}

/** Tab: the next interface of the machine under the pointer, or else of the first one. */
export function nextInterface(gesture: Cabling): Step {
  const turn = (plug: Plug): Plug => ({
    ...plug,
    choice: (plug.choice + 1) % plug.choices.length,
  });
  return gesture.over === undefined
    ? { gesture: { ...gesture, from: turn(gesture.from) } }
    : { gesture: { ...gesture, over: turn(gesture.over) } };
}

export function abandonCable(): Step {
  return { gesture: IDLE };
}
