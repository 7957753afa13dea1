import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";

const ROOT = path.join(import.meta.dirname, "../../..");
const require = createRequire(import.meta.url);

const config = parse(readFileSync(path.join(ROOT, "electron-builder.yml"), "utf8")) as {
  readonly extraMetadata: { readonly main: string };
  readonly directories: { readonly buildResources: string };
  readonly linux: { readonly target: readonly string[] };
  readonly mac: { readonly target: readonly string[] };
  readonly win: { readonly target: readonly string[] };
};

interface Validator {
  validateConfiguration(
    config: unknown,
    logger: { readonly isEnabled: boolean; add(): void },
  ): Promise<void>;
}

// electron-builder's own check, from inside its package: a wrong key fails here, not on release day.
const { validateConfiguration } = require(
  path.join(ROOT, "node_modules/app-builder-lib/out/util/config/config.js"),
) as Validator;
const logger = { isEnabled: false, add: () => undefined };

test("electron-builder accepts the configuration", async () => {
  await expect(validateConfiguration(config, logger)).resolves.not.toThrow();
});

test("electron-builder's check is a check: a misspelt key is refused", async () => {
  await expect(validateConfiguration({ ...config, apppId: "x" }, logger)).rejects.toThrow("apppId");
});

test("every promised package is built", () => {
  expect(config.linux.target).toEqual(["AppImage", "deb"]);
  expect(config.mac.target).toEqual(["dmg"]);
  expect(config.win.target).toEqual(["nsis"]);
});

test("what the package starts is what the desktop build writes", () => {
  const { main } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
    main: string;
  };
  expect(config.extraMetadata.main).toBe(main);
  expect(existsSync(path.join(ROOT, config.directories.buildResources, "icon.png"))).toBe(true);
});
