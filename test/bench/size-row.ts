import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { readFileSync } from "node:fs";
import type { Row } from "./row.ts";

/** What a visitor of the browser edition downloads. */
export function sizeRow(): Row {
  const folder = path.join(import.meta.dirname, "../../out/browser");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile());
  const bytes = files.reduce((total, file) => total + statSync(file).size, 0);
  const packed = files.reduce((total, file) => total + gzipSync(readFileSync(file)).length, 0);
  const megabytes = (value: number): string => (value / 1024 / 1024).toFixed(2);
  return {
    what: "size of the browser edition",
    result: `${megabytes(bytes)} MB`,
    aim: `(${megabytes(packed)} MB compressed)`,
  };
}
