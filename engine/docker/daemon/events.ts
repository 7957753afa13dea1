/** What happens in the engine, as `docker events` tells it. */
import type { Names } from "../api/container.ts";
import type { RecordStream } from "../api/streams.ts";
import type { EventMessage, EventsOptions, EventType } from "../api/system.ts";
import type { Ns } from "../../sim/clock.ts";
import { WaitQueue, type Blocking } from "../../kernel/process/wait-queue.ts";
import { hasLabel } from "../networks/filters.ts";
import { sorted } from "../networks/inspect.ts";
import type { Clock } from "./instant.ts";

/** What a client that asks for the past is told at most. */
const KEPT_EVENTS = 256;

interface Happened {
  readonly atNs: Ns;
  readonly number: number;
  readonly message: EventMessage;
}

export class Events {
  private readonly kept: Happened[] = [];
  /** How many there have been. */
  count = 0;
  /** Streams that their clients have not closed. */
  private readonly listeners = new Set<RecordStream<EventMessage>>();
  private readonly changed = new WaitQueue();
  private closed = false;

  constructor(private readonly clock: Clock) {}

  get listenerCount(): number {
    return this.listeners.size;
  }

  emit(type: EventType, action: string, id: string, attributes: Names, from?: string): void {
    const { clock } = this;
    const atNs = clock.nowNs;
    const old = type === "container" || type === "image";
    this.count += 1;
    this.kept.push({
      atNs,
      number: this.count,
      message: {
        ...(old ? { status: action, id } : {}),
        ...(from === undefined ? {} : { from }),
        Type: type,
        Action: action,
        Actor: { ID: id, Attributes: sorted(attributes) },
        scope: "local",
        time: clock.unixSeconds(atNs),
        timeNano: clock.unixNano(atNs),
      },
    });
    if (this.kept.length > KEPT_EVENTS) this.kept.shift();
    this.changed.wakeAll();
  }

  /** The daemon ends: so do the streams. */
  close(): void {
    this.closed = true;
    this.changed.wakeAll();
  }

  subscribe(options: EventsOptions): RecordStream<EventMessage> {
    const { clock } = this;
    const sinceNs = options.since === undefined ? undefined : clock.fromUnixSeconds(options.since);
    const untilNs = options.until === undefined ? undefined : clock.fromUnixSeconds(options.until);
    let seen = sinceNs === undefined ? this.count : 0;
    const isWanted = ({ atNs, message }: Happened): boolean =>
      (sinceNs === undefined || atNs >= sinceNs) &&
      (untilNs === undefined || atNs <= untilNs) &&
      matches(message, options.filters ?? {});
    const next = function* (this: Events): Blocking<EventMessage | undefined> {
      for (;;) {
        const found = this.kept.find((event) => event.number > seen && isWanted(event));
        if (found) {
          seen = found.number;
          return found.message;
        }
        seen = this.count;
        if (this.closed) return undefined;
        const left = untilNs === undefined ? undefined : untilNs - clock.nowNs;
        if (left !== undefined && left <= 0) return undefined;
        yield { queues: [this.changed], ...(left === undefined ? {} : { timeoutNs: left }) };
      }
    };
    const stream = { next: next.bind(this), close: () => void this.listeners.delete(stream) };
    this.listeners.add(stream);
    return stream;
  }
}

/** `--filter`: container, daemon, event, image, label, network, scope, type, volume. */
function matches(
  message: EventMessage,
  filters: Readonly<Record<string, readonly string[]>>,
): boolean {
  const { ID, Attributes } = message.Actor;
  const names = (type: EventType) => (wanted: string) =>
    message.Type === type &&
    (ID.startsWith(wanted) || Attributes["name"] === wanted || Attributes["image"] === wanted);
  const tests: Readonly<Record<string, (wanted: string) => boolean>> = {
    type: (wanted) => message.Type === wanted,
    event: (wanted) => message.Action === wanted || message.Action.startsWith(`${wanted}:`),
    container: names("container"),
    network: names("network"),
    volume: names("volume"),
    image: (wanted) =>
      names("image")(wanted) || Attributes["image"] === wanted || message.from === wanted,
    label: (wanted) => hasLabel(Attributes, wanted),
    scope: (wanted) => message.scope === wanted,
  };
  return Object.entries(filters).every(
    ([name, wanted]) => wanted.length === 0 || wanted.some((value) => tests[name]?.(value) ?? true),
  );
}
