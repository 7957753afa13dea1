/** IFLA_STATS64 in columns that grow with their numbers. */
import type { LinkMessage } from "../../../../kernel/rtnetlink/messages.ts";
import type { Options } from "../../support/context.ts";
import type { Printer } from "../../support/printer.ts";

type Counter = readonly [key: string, title: string, value: number];

/** Widths of the first to the sixth column when every number is short. */
const WIDTHS = [10, 7, 6, 7, 7, 7];
/** "compressed": a column that is never filled. */
const COMPRESSED = " ".repeat(11);

export function printStatistics(printer: Printer, link: LinkMessage, options: Options): void {
  const errors = options.statistics > 1;
  const text = (value: number): string =>
    options.humanBase === undefined ? String(value) : humanText(value, options.humanBase);
  const counters = link.statistics;
  const receive: readonly Counter[] = [
    ["bytes", "bytes", counters.rxBytes],
    ["packets", "packets", counters.rxPackets],
    ["errors", "errors", counters.rxErrors],
    ["dropped", "dropped", counters.rxDropped],
    ["over_errors", "missed", 0],
    ["multicast", "mcast", counters.multicast],
  ];
  const transmit: readonly Counter[] = [
    ["bytes", "bytes", counters.txBytes],
    ["packets", "packets", counters.txPackets],
    ["errors", "errors", counters.txErrors],
    ["dropped", "dropped", counters.txDropped],
    ["carrier_errors", "carrier", counters.txCarrierErrors],
    ["collisions", "collsns", counters.collisions],
  ];
  const receiveErrors: readonly Counter[] = [
    ["length_errors", "length", 0],
    ["crc_errors", "crc", 0],
    ["frame_errors", "frame", 0],
    ["fifo_errors", "fifo", 0],
    ["missed_errors", "overrun", 0],
  ];
  const transmitErrors: readonly Counter[] = [
    ["aborted_errors", "aborted", 0],
    ["fifo_errors", "fifo", 0],
    ["window_errors", "window", 0],
    ["heartbeat_errors", "heartbt", 0],
    ["carrier_changes", "transns", link.carrierChanges ?? 0],
  ];
  if (printer.json) {
    printer.open("stats64");
    printMembers(printer, "rx", [...receive, ...(errors ? receiveErrors : [])]);
    printMembers(printer, "tx", [...transmit, ...(errors ? transmitErrors : [])]);
    printer.close();
    return;
  }
  const widths = [...WIDTHS];
  const widen = (row: readonly Counter[], from: number): void =>
    row.forEach(([, , value], index) => {
      widths[index + from] = Math.max(widths[index + from] ?? 0, text(value).length);
    });
  widen(receive, 0);
  widen(transmit, 0);
  if (errors) {
    widen(receiveErrors, 1);
    widen(transmitErrors, 1);
  }
  const row = (title: string, cells: readonly string[], from: number): string =>
    title + cells.map((cell, index) => cell.padStart(widths[index + from] ?? 0)).join(" ");
  const titles = (cells: readonly Counter[]): string[] => cells.map(([, title]) => title);
  const values = (cells: readonly Counter[]): string[] => cells.map(([, , value]) => text(value));
  const table = (name: string, cells: readonly Counter[], more: readonly Counter[]): string[] => {
    const heading = row("", titles(cells), 0).slice(name.length + 1);
    const lines = [`    ${name}:${heading} ${COMPRESSED.slice(1)}`];
    lines.push(`${row("    ", values(cells), 0)} `);
    if (!errors) return lines;
    const indent = " ".repeat(widths[0] ?? 0);
    lines.push(row(`    ${`${name} errors:`.padEnd(widths[0] ?? 0)} `, titles(more), 1));
    lines.push(`${row(`    ${indent} `, values(more), 1)} `);
    return lines;
  };
  const lines = [...table("RX", receive, receiveErrors), ...table("TX", transmit, transmitErrors)];
  printer.plain(lines.join(printer.newline));
}

/** `12.2k`, `11.9ki`: three digits or so. */
function humanText(value: number, base: 1000 | 1024): string {
  const prefixes = "kMGTPE";
  let power = 0;
  let unit = value;
  while (unit >= base && power < prefixes.length) {
    unit /= base;
    power += 1;
  }
  if (power === 0) return String(value);
  const digits = unit < 10 ? 2 : unit < 100 ? 1 : 0;
  return `${unit.toFixed(digits)}${prefixes[power - 1]}${base === 1024 ? "i" : ""}`;
}

function printMembers(printer: Printer, key: string, cells: readonly Counter[]): void {
  printer.open(key);
  for (const [name, , value] of cells) printer.member(name, value);
  printer.close();
}
