import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Rtnetlink } from "../../kernel/rtnetlink/messages.ts";
import { EditError } from "../edits/command.ts";
import { formatAddressText, parseAddressText, type AddressSpec } from "../text/address-text.ts";
import { extractAddresses } from "./extract-addresses.ts";

/** Makes these the addresses of a device, leaving alone those that it has. Throws EditError. */
export function replaceAddresses(
  rtnetlink: Rtnetlink,
  device: string,
  wanted: readonly string[],
): void {
  const link = rtnetlink.link(device);
  if (!link) throw new EditError(`there is no interface ${device}`);
  const specs = wanted.map(readAddress);
  const texts = new Set(specs.map(formatAddressText));
  try {
    for (const text of extractAddresses(rtnetlink, link)) {
      // Taking a primary address away may have taken its secondary ones along.
      const isThere = extractAddresses(rtnetlink, link).includes(text);
      if (isThere && !texts.has(text)) rtnetlink.delAddress({ device, ...readAddress(text) });
    }
    for (const spec of specs) {
      if (extractAddresses(rtnetlink, link).includes(formatAddressText(spec))) continue;
      rtnetlink.newAddress({ device, ...spec });
    }
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw new EditError(`the kernel refuses: ${error.extack ?? strerror(error.errno)}`);
  }
}

function readAddress(text: string): AddressSpec {
  const result = parseAddressText(text);
  if (!result.ok) throw new EditError(result.message);
  return result.value;
}
