/** Counters of a service or a server, and their rates. Linux net/netfilter/ipvs/ip_vs_est.c. */
export interface IpvsCounters {
  connections: number;
  packetsIn: number;
  packetsOut: number;
  bytesIn: number;
  bytesOut: number;
}

const KEYS = ["connections", "packetsIn", "packetsOut", "bytesIn", "bytesOut"] as const;

const ZERO: Readonly<IpvsCounters> = {
  connections: 0,
  packetsIn: 0,
  packetsOut: 0,
  bytesIn: 0,
  bytesOut: 0,
};

/** Fixed-point digits of a rate of packets and of one of bytes, over two seconds each. */
const SHIFTS: Readonly<Record<keyof IpvsCounters, readonly [sample: number, shown: number]>> = {
  connections: [9, 10],
  packetsIn: [9, 10],
  packetsOut: [9, 10],
  bytesIn: [4, 5],
  bytesOut: [4, 5],
};

export class IpvsStatistics implements IpvsCounters {
  connections = 0;
  packetsIn = 0;
  packetsOut = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** What readers see: as it was at the estimator's last beat. ip_vs_copy_stats() */
  shown: IpvsCounters = { ...ZERO };
  private readonly averages: IpvsCounters = { ...ZERO };

  /** Per second, rounded as the kernel rounds. ip_vs_read_estimator() */
  rates(): IpvsCounters {
    const rates = { ...ZERO };
    for (const key of KEYS) {
      const shown = 2 ** SHIFTS[key][1];
      rates[key] = Math.floor((this.averages[key] + shown / 2 - 1) / shown);
    }
    return rates;
  }

  /** Every two seconds; false once nothing moves any more. estimation_timer() */
  estimate(): boolean {
    let isMoving = false;
    for (const key of KEYS) {
      const rate = (this[key] - this.shown[key]) * 2 ** SHIFTS[key][0];
      const change = Math.floor((rate - this.averages[key]) / 4);
      this.averages[key] += change;
      if (rate !== 0 || this.averages[key] !== 0) isMoving = true;
    }
    this.shown = this.counters();
    return isMoving;
  }

  zero(): void {
    Object.assign(this, ZERO);
    Object.assign(this.averages, ZERO);
    this.shown = { ...ZERO };
  }

  private counters(): IpvsCounters {
    const { connections, packetsIn, packetsOut, bytesIn, bytesOut } = this;
    return { connections, packetsIn, packetsOut, bytesIn, bytesOut };
  }
}
