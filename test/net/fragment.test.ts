import fc from "fast-check";
import { expect, test } from "vitest";
import { serialiseIpPayload } from "../../engine/net/codec.ts";
import { fragment, reassemble } from "../../engine/net/fragment.ts";
import { networkLength } from "../../engine/net/length.ts";
import { ipPacket } from "./arbitrary.ts";

test("fragments fit the MTU and join to the packet, in any order", () => {
  fc.assert(
    fc.property(ipPacket, fc.integer({ min: 68, max: 400 }), fc.nat(), (packet, mtu, turn) => {
      const pieces = fragment(packet, mtu);
      for (const piece of pieces) expect(networkLength(piece)).toBeLessThanOrEqual(mtu);
      const at = turn % pieces.length;
      const shuffled = [...pieces.slice(at), ...pieces.slice(0, at)].reverse();
      expect(reassemble(shuffled)).toEqual(packet);
      if (pieces.length > 1) expect(reassemble(pieces.slice(1))).toBe("incomplete");
    }),
  );
});

test("the first fragment keeps ports, length and checksum of the whole datagram", () => {
  fc.assert(
    fc.property(ipPacket, (packet) => {
      fc.pre(packet.transport?.kind === "udp" && networkLength(packet) > 100);
      const first = fragment(packet, 88)[0] ?? expect.fail();
      expect(first.transport).toMatchObject({
        kind: "udp",
        length: serialiseIpPayload(packet).length,
      });
      const whole = serialiseIpPayload(packet);
      const piece = serialiseIpPayload(first);
      expect(piece).toEqual(whole.subarray(0, piece.length));
    }),
  );
});

test("overlapping fragments condemn the datagram", () => {
  fc.assert(
    fc.property(ipPacket, (packet) => {
      const pieces = fragment(packet, 68);
      const first = pieces[0] ?? expect.fail();
      if (pieces.length > 1) expect(reassemble([...pieces, first])).toBe("invalid");
    }),
  );
});
